/**
 * From OpenAPI 3.1 documents with {@code x-sluice} policies to operations: the route table, the
 * parameter and body validation, and the document that is published. Nothing here does I/O at
 * request time.
 */
package dev.sluice.contract;
