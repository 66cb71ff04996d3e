/** Notes of the app studio: texts with versions, a bin and a search. */
package dev.sluice.app.studio.note;
