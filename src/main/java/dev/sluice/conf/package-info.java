/**
 * Reading YAML a person wrote: documents that know their lines, values with units, and errors that
 * name file, line and the nearest valid key. Knows no particular setting.
 */
package dev.sluice.conf;
