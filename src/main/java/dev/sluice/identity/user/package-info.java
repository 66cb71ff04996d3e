/** Who there is: users, what they are, and what is remembered of them to let calls in. */
package dev.sluice.identity.user;
