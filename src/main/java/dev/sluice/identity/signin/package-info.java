/** The ways in: one-time codes by mail, passwords, and what opening a session hands out. */
package dev.sluice.identity.signin;
