/** The command line, the wiring and the composed settings. Nothing else may live here. */
package dev.sluice;
