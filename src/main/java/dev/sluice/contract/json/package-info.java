/** Reads the JSON that clients send: strictly, once, and within bounds. Pure. */
package dev.sluice.contract.json;
