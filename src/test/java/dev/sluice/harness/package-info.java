/** What the integration tests stand on: a running gateway and its sandbox. */
package dev.sluice.harness;
