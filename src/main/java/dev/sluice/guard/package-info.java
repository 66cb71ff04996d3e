/** The steps that may refuse a call before it costs anything: one class a step. */
package dev.sluice.guard;
