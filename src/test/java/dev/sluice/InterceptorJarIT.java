package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.harness.GatewayProcess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interceptor of somebody else's, compiled against the fat jar and found beside it. */
class InterceptorJarIT {
  private static final String SOURCE =
      """
      package com.acme;

      import dev.sluice.app.Interceptor;
      import dev.sluice.call.Call;
      import dev.sluice.call.Reply;
      import io.vertx.core.Future;

      public class Audit implements Interceptor {
        @Override
        public Future<Reply> answer(Call call, Next next) {
          return next.answer().map(reply -> reply.with("x-audited", call.operation()));
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void isFoundOnTheClassPathAndMissedWithout() throws Exception {
    assumeTrue(GatewayProcess.isBuilt(), "mvn package makes it");
    Path source = Files.createDirectories(directory.resolve("com/acme")).resolve("Audit.java");
    Files.writeString(source, SOURCE);
    String jar = GatewayProcess.jar();
    String[] options = {"-proc:none", "-cp", jar, "-d", directory.toString(), source.toString()};
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, options));
    Path file = directory.resolve("my.yaml");
    Files.writeString(file, "interceptors:\n  - { name: com.acme.Audit }\n");
    String said = check(file, "-cp", jar + File.pathSeparator + directory, "dev.sluice.Main");
    assertTrue(said.startsWith("ok: "), said);
    said = check(file, "-jar", jar);
    assertTrue(
        said.contains(file + ":2: there is no class com.acme.Audit on the class path"), said);
  }

  private static String check(Path file, String... program) throws IOException {
    List<String> command = GatewayProcess.java(program);
    command.addAll(List.of("check", "-c", file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
