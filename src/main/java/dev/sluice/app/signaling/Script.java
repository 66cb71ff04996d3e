package dev.sluice.app.signaling;

import dev.sluice.call.Failure;
import dev.sluice.store.Redis;
import dev.sluice.store.RedisUnavailable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code rooms.lua}, run by Redis, which knows it by its hash once it has seen it. */
final class Script {
  private static final Logger LOG = LoggerFactory.getLogger(Script.class);
  private static final String TEXT = read();
  private static final String HASH = hash();

  private final Redis redis;
  private final Supplier<SignalingSettings> settings;

  Script(Redis redis, Supplier<SignalingSettings> settings) {
    this.redis = redis;
    this.settings = settings;
  }

  /**
   * What an operation gives. Fails with what it refuses, or 503 SIGNALING_AWAY where Redis is away.
   */
  Future<JsonObject> run(String operation, Object... arguments) {
    return redis
        .send(request(Command.EVALSHA, HASH, operation, arguments))
        .recover(
            e ->
                e instanceof ErrorType error && error.is("NOSCRIPT")
                    ? redis.send(request(Command.EVAL, TEXT, operation, arguments))
                    : Future.failedFuture(e))
        .transform(
            answered ->
                answered.succeeded()
                    ? given(answered.result())
                    : Future.failedFuture(failure(operation, answered.cause())));
  }

  private Request request(Command command, String script, String operation, Object... arguments) {
    SignalingSettings now = settings.get();
    Request request =
        Request.cmd(command)
            .arg(script)
            .arg(0)
            .arg(operation)
            .arg(now.heartbeat().toMillis())
            .arg(now.empty().toMillis());
    for (Object argument : arguments) request.arg(String.valueOf(argument));
    return request;
  }

  private static Future<JsonObject> given(Response answer) {
    JsonObject given = new JsonObject(answer.toBuffer());
    String refused = given.getString("refused");
    return refused == null
        ? Future.succeededFuture(given)
        : Future.failedFuture(Refusals.of(refused, given));
  }

  private static Failure failure(String operation, Throwable cause) {
    if (cause instanceof RedisUnavailable) {
      return Failure.unavailable("SIGNALING_AWAY", "The rooms cannot be reached just now.")
          .suggest("Try again after as many seconds as Retry-After says; peers stay meanwhile.")
          .retryAfter(Duration.ofSeconds(1));
    }
    LOG.error("rooms.lua, {}: {}", operation, cause.getMessage());
    return Failure.internal();
  }

  private static String read() {
    try (InputStream in = Script.class.getResourceAsStream("/apps/signaling/rooms.lua")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash() {
    try {
      byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-1", e);
    }
  }
}
