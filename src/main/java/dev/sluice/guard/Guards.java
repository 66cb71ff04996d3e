package dev.sluice.guard;

/** The steps that may refuse a call. */
public record Guards(Authenticate authenticate, CrossSite crossSite, Limits limits) {}
