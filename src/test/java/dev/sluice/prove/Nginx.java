package dev.sluice.prove;

import dev.sluice.harness.Scratch;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** nginx before the same origin: once passing bodies on as they come, once as it is by default. */
final class Nginx implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
  private static final long START_MILLIS = 10_000;

  private static final String CONFIGURATION =
      """
      daemon off;
      master_process off;
      pid DIR/pid;
      error_log DIR/error.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
        uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
        client_max_body_size 0;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        upstream origin { server 127.0.0.1:ORIGIN; keepalive 16; }
        server {
          listen 127.0.0.1:STREAMING;
          proxy_buffering off;
          proxy_request_buffering off;
          location /o/ { proxy_pass http://origin/; }
        }
        server {
          listen 127.0.0.1:DEFAULT;
          location /o/ { proxy_pass http://origin/; }
        }
      }
      """;

  private final Path directory;
  private final int streamingPort;
  private final int defaultPort;
  private final Process process;

  static boolean isThere() {
    return Files.isExecutable(PROGRAM);
  }

  Nginx(int origin) throws Exception {
    directory = Scratch.directory();
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket other = new ServerSocket(0)) {
      streamingPort = one.getLocalPort();
      defaultPort = other.getLocalPort();
    }
    String text =
        CONFIGURATION
            .replace("DIR", directory.toString())
            .replace("ORIGIN", Integer.toString(origin))
            .replace("STREAMING", Integer.toString(streamingPort))
            .replace("DEFAULT", Integer.toString(defaultPort));
    Path file = Files.writeString(directory.resolve("nginx.conf"), text);
    process =
        new ProcessBuilder(PROGRAM.toString(), "-c", file.toString(), "-p", directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // an interrupted proof
    awaitStart();
  }

  private void awaitStart() throws Exception {
    for (long left = START_MILLIS; left > 0; left -= 50) {
      try {
        new Socket("127.0.0.1", defaultPort).close();
        return;
      } catch (IOException notYet) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    String said = Files.readString(directory.resolve("out"));
    close();
    throw new IllegalStateException("nginx did not start: " + said);
  }

  Process process() {
    return process;
  }

  int streamingPort() {
    return streamingPort;
  }

  int defaultPort() {
    return defaultPort;
  }

  @Override
  public void close() throws IOException {
    Subject.end(process);
    Scratch.delete(directory);
  }
}
