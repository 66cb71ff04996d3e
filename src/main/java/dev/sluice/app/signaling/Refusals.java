package dev.sluice.app.signaling;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** What the rooms refuse, by the code that {@code rooms.lua} gives. */
final class Refusals {
  private Refusals() {}

  static Failure of(String code, JsonObject facts) {
    return switch (code) {
      case "ROOM_NOT_FOUND" ->
          Failure.notFound(code, "There is no such room.")
              .suggest("It was closed, has had its time, or was empty for too long.");
      case "ROOM_FULL" ->
          failure(Category.CONFLICT, code, "The room is full.", "Come again when somebody left.");
      case "WRONG_PASSWORD" -> wrongPassword();
      case "TOO_MANY_TRIES" ->
          Failure.of(Category.RATE_LIMIT, "RATE_LIMIT_EXCEEDED", "Too many wrong passwords.")
              .suggest("Wait as long as Retry-After says.")
              .retryAfter(Duration.ofMillis(Math.max(1, facts.getLong("wait", 1L))));
      case "TOO_MANY_ROOMS" ->
          failure(
              Category.CONFLICT, code, "You have as many rooms as you may.", "Close one of them.");
      case "TOO_MANY_PEERS" ->
          failure(
              Category.CONFLICT, code, "You are in this room too often.", "Leave it elsewhere.");
      case "NOT_IN_ROOM" ->
          failure(
              Category.AUTHORIZATION,
              code,
              "You are not in this room.",
              "Join it first, or again.");
      case "NOT_YOUR_PEER" ->
          failure(
              Category.AUTHORIZATION, code, "This is another user's peer.", "Give one of yours.");
      case "NOT_OWNER" ->
          failure(
              Category.AUTHORIZATION,
              code,
              "Only its owner closes a room.",
              "Leave without close.");
      case "PEER_REQUIRED" ->
          failure(
              Category.VALIDATION, code, "You have several peers in this room.", "Give peerId.");
      case "RECIPIENT_REQUIRED" ->
          failure(Category.VALIDATION, code, "There are several others in this room.", "Give to.");
      case "OWN_PEER" ->
          failure(
              Category.VALIDATION, code, "This would go to yourself.", "Give another peer's id.");
      case "PEER_NOT_FOUND" ->
          Failure.notFound(code, "There is no such peer in this room.")
              .suggest("It has left, or nobody has come yet. Where it was yours, join again.");
      case "NO_OFFER" ->
          failure(
              Category.CONFLICT, code, "This peer has made you no offer.", "Wait for its offer.");
      case "OFFER_NOT_FOUND" ->
          Failure.notFound(code, "There is no offer for you.").suggest("Ask again later.");
      case "ANSWER_NOT_FOUND" ->
          Failure.notFound(code, "There is no answer for you.").suggest("Ask again later.");
      default -> throw new IllegalStateException("rooms.lua refuses with " + code);
    };
  }

  static Failure wrongPassword() {
    return failure(
        Category.AUTHORIZATION,
        "WRONG_PASSWORD",
        "This is not the room's password.",
        "Ask whoever made the room.");
  }

  private static Failure failure(Category category, String code, String message, String hint) {
    return Failure.of(category, code, message).suggest(hint);
  }
}
