package dev.sluice.cache.http;

import io.vertx.core.MultiMap;

/** Status and fields of a response, as an origin sent it. */
public record Head(int status, String reason, MultiMap fields) {}
