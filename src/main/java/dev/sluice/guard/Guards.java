package dev.sluice.guard;

import dev.sluice.guard.limit.Limits;

/** The steps that may refuse a call. */
public record Guards(Authenticate authenticate, CrossSite crossSite, Limits limits) {}
