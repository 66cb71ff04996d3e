/**
 * Saves of the app studio: slots with versions, of users and of devices that have not signed in.
 */
package dev.sluice.app.studio.save;
