package dev.sluice.identity.session;

import dev.sluice.store.Secrets;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/**
 * A refresh token: it says whose turn of which session it is, and cannot be forged. Its successor
 * follows from it, so that who has lost an answer can be given the same once more, though only its
 * hash is kept.
 *
 * @param session which session
 * @param turn how often it has been refreshed
 * @param text as it is handed out; base64url
 */
record RefreshToken(UUID session, int turn, String text) {
  private static final String PURPOSE = "refresh-token";
  private static final String SUCCESSOR = "refresh-successor";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BODY = 36; // the session, the turn, 16 bytes that nobody can guess
  private static final int MAC = 16;
  private static final int LENGTH = (BODY + MAC) * 8 / 6 + 1;

  /** The first of a session. */
  static RefreshToken first(UUID session, Secrets secrets) {
    byte[] secret = new byte[16];
    RANDOM.nextBytes(secret);
    return of(session, 0, secret, secrets);
  }

  /** The one that follows. */
  RefreshToken next(Secrets secrets) {
    byte[] secret = Arrays.copyOf(secrets.mac(SUCCESSOR, bytes(text)), 16);
    return of(session, turn + 1, secret, secrets);
  }

  private static RefreshToken of(UUID session, int turn, byte[] secret, Secrets secrets) {
    ByteBuffer whole = ByteBuffer.allocate(BODY + MAC);
    whole.putLong(session.getMostSignificantBits()).putLong(session.getLeastSignificantBits());
    whole.putInt(turn).put(secret);
    whole.put(mac(secrets, whole.array()));
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array());
    return new RefreshToken(session, turn, text);
  }

  private static byte[] mac(Secrets secrets, byte[] whole) {
    return Arrays.copyOf(secrets.mac(PURPOSE, Arrays.copyOf(whole, BODY)), MAC);
  }

  /** Null where it is none of ours. */
  static RefreshToken parse(String text, Secrets secrets) {
    if (text.length() != LENGTH) return null;
    byte[] whole;
    try {
      whole = bytes(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    byte[] given = Arrays.copyOfRange(whole, BODY, whole.length);
    if (!MessageDigest.isEqual(given, mac(secrets, whole))) return null;
    ByteBuffer fields = ByteBuffer.wrap(whole);
    UUID session = new UUID(fields.getLong(), fields.getLong());
    RefreshToken token = new RefreshToken(session, fields.getInt(), text);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(whole).equals(text)
        ? token
        : null;
  }

  private static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** It is a secret. */
  @Override
  public String toString() {
    return "RefreshToken[" + session + ", " + turn + "]";
  }
}
