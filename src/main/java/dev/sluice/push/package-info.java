/**
 * Web Push: browsers that are told of their users' events while these have nothing open that could
 * hear of them. Subscriptions, the key that push services know this gateway by (RFC 8292), and
 * messages that are encrypted for each browser (RFC 8291) and sent until they are taken or too old
 * (RFC 8030). Where an event comes from, and who is live, is not for here.
 */
package dev.sluice.push;
