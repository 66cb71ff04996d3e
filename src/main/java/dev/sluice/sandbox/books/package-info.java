/** A small API of the kind that people have, for the example in {@code conf/apis}. */
package dev.sluice.sandbox.books;
