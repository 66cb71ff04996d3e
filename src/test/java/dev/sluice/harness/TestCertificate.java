package dev.sluice.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;

/** A certificate for localhost that has signed itself, made by the JDK's keytool. */
public record TestCertificate(KeyStore store, String certificate, String key) {
  private static final String PASSWORD = "password";
  private static final String ALIAS = "me";

  /** Makes one; further arguments are keytool's. */
  public static TestCertificate make(Path dir, String name, String... more) {
    Path file = dir.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    String options =
        "-genkeypair -alias me -storepass password -storetype PKCS12"
            + " -ext san=dns:localhost,ip:127.0.0.1 -dname CN="
            + name;
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-keystore", file.toString()));
    command.addAll(List.of(more.length > 0 ? more : EC));
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(keytool.getInputStream().readAllBytes());
      assertEquals(0, keytool.waitFor(), said);
      return read(file);
    } catch (IOException | InterruptedException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final String[] EC = {"-keyalg", "EC", "-groupname", "secp256r1"};

  private static TestCertificate read(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    byte[] key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
    byte[] certificate = store.getCertificate(ALIAS).getEncoded();
    return new TestCertificate(store, pem("CERTIFICATE", certificate), pem("PRIVATE KEY", key));
  }

  private static String pem(String what, byte[] der) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }

  /** Puts it where a server reads it. */
  public void writeTo(Path certificateFile, Path keyFile) {
    try {
      Files.writeString(certificateFile, certificate);
      Files.writeString(keyFile, key);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a client needs that trusts this server and shows {@code mine}, or nothing if null. */
  public SSLContext trusting(TestCertificate mine) {
    try {
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("server", store.getCertificate(ALIAS));
      trust.init(anchors);
      KeyManager[] keys = null;
      if (mine != null) {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(mine.store, PASSWORD.toCharArray());
        keys = new KeyManager[] {new Showing((X509KeyManager) factory.getKeyManagers()[0])};
      }
      TrustManager[] trusted = trust.getTrustManagers();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trusted, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A connection with one version of TLS. */
  public SSLSocket connectWith(int port, String version) throws IOException {
    SSLSocket socket = socket(port, null);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  private SSLSocket socket(int port, TestCertificate mine) throws IOException {
    Socket socket = trusting(mine).getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(30_000);
    return (SSLSocket) socket;
  }

  /** A connection after its handshake, with one of the protocols. */
  public SSLSocket connect(int port, TestCertificate mine, String... protocols) throws IOException {
    SSLSocket socket = socket(port, mine);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Shows its certificate to whoever asks, whatever authorities are named. */
  private static final class Showing extends X509ExtendedKeyManager {
    private final X509KeyManager keys;

    Showing(X509KeyManager keys) {
      this.keys = keys;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.getPrivateKey(alias);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
