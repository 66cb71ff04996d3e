package dev.sluice.upstream;

import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * How a target with https is recognised, and the gateway by it. All files are PEM.
 *
 * @param ca the authorities that are believed instead of the Java runtime's own
 * @param certificate the gateway's own certificate, its authorities after it
 * @param key its private key, PKCS #8
 * @param serverName the name in the target's certificate and in SNI, where it is not the host of
 *     the target's URL
 * @param verify whether the target's certificate and name are checked at all
 */
public record TlsSettings(Path ca, Path certificate, Path key, String serverName, Boolean verify) {
  static final TlsSettings DEFAULT = new TlsSettings(null, null, null, null, null);

  public TlsSettings {
    if (verify == null) verify = true;
    if (!verify && ca != null) {
      throw new IllegalArgumentException("ca is of no use with verify: false; drop one of them");
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key belong together; set both");
    }
    if (serverName != null && (serverName.isBlank() || NetUtil.isValidIpV4Address(serverName))) {
      throw new IllegalArgumentException("serverName must be a name such as api.example.org");
    }
    if (ca != null) Pem.certificates("ca", ca);
    if (certificate != null) {
      X509Certificate own = Pem.certificates("certificate", certificate).get(0);
      PrivateKey secret = Pem.key("key", key);
      if (!Pem.belongTogether(own, secret)) {
        throw new IllegalArgumentException(
            "key: " + key + " is not the key of the first certificate in " + certificate);
      }
    }
  }
}
