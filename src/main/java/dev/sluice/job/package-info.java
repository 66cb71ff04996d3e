/**
 * Work that waits, in PostgreSQL: whichever node has room takes what is due, tries again what may
 * end better, and lays aside what does not. What the work is, who puts it off says ({@link
 * dev.sluice.job.Work}); here it is a kind, a payload and an outcome.
 */
package dev.sluice.job;
