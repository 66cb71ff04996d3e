package dev.sluice.app.studio.save;

import dev.sluice.call.Call;
import dev.sluice.store.Secrets;
import java.util.Base64;

/**
 * Whose saves they are.
 *
 * @param key by which they are kept
 * @param user the user's id; null, those of a device
 */
record Owner(String key, String user) {

  static Owner user(String id) {
    return new Owner("user:" + id, id);
  }

  /** Who merely has the database can neither tell the device id nor find its saves. */
  static Owner device(Call call, Secrets secrets) {
    byte[] mac = secrets.mac("studio.device", DeviceId.of(call));
    return new Owner("device:" + Base64.getUrlEncoder().withoutPadding().encodeToString(mac), null);
  }

  /** Whether what does not say which version it changes takes the place of what is there. */
  boolean isLax() {
    return user == null;
  }
}
