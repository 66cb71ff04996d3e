package dev.sluice.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.prf.PredefinedPrfParameters;
import com.google.crypto.tink.prf.PrfConfig;
import com.google.crypto.tink.prf.PrfSet;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keys, the oldest first: {@code {"aead": …, "prf": …}} in Tink's own cleartext JSON. One of those
 * of {@code aead} seals, and all open. The one of {@code prf} stays for ever: what is found again
 * by it could not be otherwise. Immutable.
 */
public final class Keyset {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final KeysetHandle aeadKeys;
  private final KeysetHandle prfKeys;
  final Aead aead;
  final PrfSet prf;

  private Keyset(KeysetHandle aeadKeys, KeysetHandle prfKeys) throws GeneralSecurityException {
    this.aeadKeys = aeadKeys;
    this.prfKeys = prfKeys;
    this.aead = aeadKeys.getPrimitive(RegistryConfiguration.get(), Aead.class);
    this.prf = prfKeys.getPrimitive(RegistryConfiguration.get(), PrfSet.class);
  }

  /**
   * What seals at the moment, or has done so, or will; by the number that stands in what it seals.
   */
  public record Key(int id, boolean seals) {

    /** As people read it. */
    public String name() {
      return Integer.toUnsignedString(id);
    }

    /** The one of that name. Throws IllegalArgumentException. */
    public static Key named(String name) {
      return new Key(Integer.parseUnsignedInt(name), false);
    }
  }

  /** Out of its text. Throws {@link IllegalArgumentException}, which does not quote it. */
  public static Keyset parse(String text) {
    try {
      register();
      JsonNode both = JSON.readTree(text);
      return new Keyset(keys(both.path("aead")), keys(both.path("prf")));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          "this is no keyset; it must be the text of a keyset.json that Sluice has made");
    }
  }

  /** One of new keys. */
  static Keyset fresh() {
    try {
      register();
      return new Keyset(
          KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM),
          KeysetHandle.generateNew(PredefinedPrfParameters.HMAC_SHA256_PRF));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What {@link #parse} reads. */
  public String text() {
    try {
      ObjectNode both = JSON.createObjectNode();
      both.set("aead", json(aeadKeys));
      both.set("prf", json(prfKeys));
      return both.toPrettyString() + "\n";
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The keys that seal and open, the oldest first. */
  public List<Key> keys() {
    List<Key> all = new ArrayList<>();
    for (int i = 0; i < aeadKeys.size(); i++) {
      KeysetHandle.Entry entry = aeadKeys.getAt(i);
      all.add(new Key(entry.getId(), entry.isPrimary()));
    }
    return all;
  }

  /** The one that seals. */
  public Key sealing() {
    return keys().stream().filter(Key::seals).findFirst().orElseThrow();
  }

  /** Those that are older than the one that seals: nothing is sealed with them any more. */
  public List<Key> older() {
    return keys().stream().takeWhile(key -> !key.seals()).toList();
  }

  /** The same with a new key, which does not seal yet. */
  public Keyset added() {
    return changed(
        builder ->
            builder.addEntry(
                KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                    .withRandomId()));
  }

  /** The same with the newest key sealing. */
  public Keyset promoted() {
    return changed(builder -> builder.getAt(builder.size() - 1).makePrimary());
  }

  /** The same without the {@link #older} keys: what they have sealed is lost. */
  public Keyset dropped() {
    int older = older().size();
    return changed(
        builder -> {
          for (int i = 0; i < older; i++) builder.deleteAt(0);
        });
  }

  /** Whether it can take the place of one that is in use: it opens what that seals just now. */
  boolean follows(Keyset before) throws GeneralSecurityException {
    byte[] any = new byte[0];
    byte[] sealed = before.aead.encrypt(any, any);
    try {
      aead.decrypt(sealed, any);
    } catch (GeneralSecurityException e) {
      return false;
    }
    return Arrays.equals(prf.computePrimary(any, 16), before.prf.computePrimary(any, 16));
  }

  private Keyset changed(Consumer<KeysetHandle.Builder> change) {
    try {
      KeysetHandle.Builder builder = KeysetHandle.newBuilder(aeadKeys);
      change.accept(builder);
      return new Keyset(builder.build(), prfKeys);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeysetHandle keys(JsonNode keyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.parseKeyset(keyset.toString(), InsecureSecretKeyAccess.get());
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
}
