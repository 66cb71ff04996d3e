package dev.sluice.provider;

import io.vertx.core.Vertx;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;

/**
 * What an upstream may use beside its calls: for tokens and discovery documents.
 *
 * @param vertx timers
 * @param web a client on the same connections
 * @param timeout how long one of its requests may take
 */
public record Outlet(Vertx vertx, WebClient web, Duration timeout) {}
