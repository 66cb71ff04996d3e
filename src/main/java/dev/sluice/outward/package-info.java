/**
 * What is sent to URLs that users give: where such a URL leads, whether it may lead there, and one
 * attempt at it, on the very address that was found fit. What is sent, how often and to whom, is
 * for those who send; what operators name in their configuration is for {@code upstream}.
 */
package dev.sluice.outward;
