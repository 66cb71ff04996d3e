/**
 * Outgoing webhooks: who wants to hear of which events, and telling them as Standard Webhooks say,
 * until they have taken it or a schedule is spent. Where an event comes from, and what it says, is
 * not for here; nor who may have a webhook.
 */
package dev.sluice.webhook;
