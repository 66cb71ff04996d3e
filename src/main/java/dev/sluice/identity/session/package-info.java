/** Sessions: how long a user stays signed in, and the refresh tokens that keep it so. */
package dev.sluice.identity.session;
