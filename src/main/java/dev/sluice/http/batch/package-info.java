/**
 * What a batch is, and how its parts speak of each other; pure. Who runs it is {@link
 * dev.sluice.http}.
 */
package dev.sluice.http.batch;
