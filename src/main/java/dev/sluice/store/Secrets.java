package dev.sluice.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.prf.PredefinedPrfParameters;
import com.google.crypto.tink.prf.PrfConfig;
import com.google.crypto.tink.prf.PrfSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * Seals what is kept and must not be read by who merely has the database, and derives what is to be
 * found again without being kept. The keyset, {@code {"aead": …, "prf": …}} in Tink's own cleartext
 * JSON, is the one thing to keep safe and to copy to other nodes: what was sealed with it cannot be
 * read without it. Thread-safe.
 */
public final class Secrets {
  private static final int MAC_BYTES = 32;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final KeysetHandle aeadKeys;
  private final KeysetHandle prfKeys;
  private final Aead aead;
  private final PrfSet prf;

  private Secrets(KeysetHandle aeadKeys, KeysetHandle prfKeys) throws GeneralSecurityException {
    this.aeadKeys = aeadKeys;
    this.prfKeys = prfKeys;
    this.aead = aeadKeys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    this.prf = prfKeys.getPrimitive(RegistryConfiguration.get(), PrfSet.class);
  }

  /**
   * By the keyset in a file, which is made at the first start; blocks. Throws {@link
   * StoreException} where the file is damaged, or others than its owner can read it.
   */
  public static Secrets open(Path file) {
    String text = new KeysetFile(file).read(Secrets::fresh);
    try {
      return parse(text);
    } catch (GeneralSecurityException | IOException e) {
      throw new StoreException(
          "The keyset %s is damaged. Restore it from a copy: what was sealed with it cannot be read without it."
              .formatted(file.toAbsolutePath()),
          null); // the cause could quote it
    }
  }

  /** By this keyset. Throws {@link IllegalArgumentException}, which does not quote it. */
  public static Secrets of(String keysetJson) {
    try {
      return parse(keysetJson);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "this is no keyset; it must be the text of a keyset.json that Sluice has made");
    }
  }

  /**
   * Seals a secret (AES-256-GCM).
   *
   * @param boundTo whose and what it is; only with the same words it can be opened, so that who
   *     writes to the database cannot pass one user's secret off as another's
   */
  public byte[] seal(byte[] secret, String boundTo) {
    try {
      return aead.encrypt(secret, utf8(boundTo));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The secret again. Throws {@link NotSealedHere}. */
  public byte[] open(byte[] sealed, String boundTo) {
    try {
      return aead.decrypt(sealed, utf8(boundTo));
    } catch (GeneralSecurityException e) {
      throw new NotSealedHere();
    }
  }

  /**
   * 32 bytes (HMAC-SHA256) that nobody can tell without the keyset, the same at every call and
   * after every rotation.
   *
   * @param purpose one purpose's never equal another's
   */
  public byte[] mac(String purpose, byte[] data) {
    byte[] name = utf8(purpose);
    ByteBuffer input = ByteBuffer.allocate(Integer.BYTES + name.length + data.length);
    input.putInt(name.length).put(name).put(data);
    try {
      return prf.computePrimary(input.array(), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A keyset that seals with a new key and still opens what this one has sealed. */
  public String rotated() {
    try {
      KeysetHandle next =
          KeysetHandle.newBuilder(aeadKeys)
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build();
      return text(next, prfKeys);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A keyset of new keys. */
  static String fresh() {
    try {
      return text(
          generate(PredefinedAeadParameters.AES256_GCM),
          generate(PredefinedPrfParameters.HMAC_SHA256_PRF));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeysetHandle generate(Parameters kind) throws GeneralSecurityException {
    register();
    return KeysetHandle.generateNew(kind);
  }

  private static Secrets parse(String text) throws GeneralSecurityException, IOException {
    register();
    JsonNode both = JSON.readTree(text);
    return new Secrets(keys(both.path("aead")), keys(both.path("prf")));
  }

  private static KeysetHandle keys(JsonNode keyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.parseKeyset(keyset.toString(), InsecureSecretKeyAccess.get());
  }

  private static String text(KeysetHandle aead, KeysetHandle prf)
      throws GeneralSecurityException, IOException {
    ObjectNode both = JSON.createObjectNode();
    both.set("aead", json(aead));
    both.set("prf", json(prf));
    return both.toPrettyString() + "\n";
  }

  private static JsonNode json(KeysetHandle keys) throws GeneralSecurityException, IOException {
    return JSON.readTree(
        TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get()));
  }

  /** Tink knows no kind of key before it is told of it; to tell it again does nothing. */
  private static void register() throws GeneralSecurityException {
    AeadConfig.register();
    PrfConfig.register();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
