/**
 * Proofs with figures, each a program that {@code scripts/prove <name>} runs: what depends on the
 * machine, or takes longer than a test may.
 */
package dev.sluice.prove;
