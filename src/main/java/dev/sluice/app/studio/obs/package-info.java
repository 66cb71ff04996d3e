/** OBS credentials of the app studio, sealed for each user alone. */
package dev.sluice.app.studio.obs;
