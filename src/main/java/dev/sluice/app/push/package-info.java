/** The app push: browsers that users have told of their events (seed 001). */
package dev.sluice.app.push;
