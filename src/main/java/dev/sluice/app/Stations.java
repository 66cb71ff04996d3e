package dev.sluice.app;

import dev.sluice.cache.Cache;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.identity.Identity;
import dev.sluice.store.Database;
import dev.sluice.webhook.Webhooks;

/** What calls pass and apps use, for the gateway's whole life. */
public record Stations(
    Cache cache,
    Identity identity,
    Idempotency idempotency,
    Webhooks webhooks,
    Database database) {}
