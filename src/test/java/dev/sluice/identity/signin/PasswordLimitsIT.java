package dev.sluice.identity.signin;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How often passwords may be tried, and what is told by how long it takes and what is kept. */
class PasswordLimitsIT {
  private static final String GOOD = "correct horse battery";
  private static final int CLIENTS = 200;
  private static final int GUESSES = 1000;
  private static final int TIMED = 7;
  private static RunningGateway gateway;
  private static Asking ask;
  private static Sql sql;

  @BeforeAll
  static void start() {
    Map<String, String> settings = new TreeMap<>(Asking.SETTINGS);
    settings.put("SLUICE_IDENTITY_PASSWORDS_PERIP", "20"); // a hundred hashes take long
    gateway = new RunningGateway(settings);
    ask = new Asking(gateway);
    sql = Sql.of(gateway);
    set(ask.person("bystander@example.com"));
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @Test
  void anAccountHasTenTriesFromWherever() {
    set(ask.person("ten@example.com"));
    for (int i = 0; i < 10; i++) {
      assertEquals(401, ask.login("ten@example.com", "wrong " + i).statusCode());
    }
    tooMany(10, ask.login("ten@example.com", GOOD));
    tooMany(10, ask.login("TEN@example.com", GOOD));
    assertEquals(200, ask.login("bystander@example.com", GOOD).statusCode());
    assertEquals(200, ask.person("ten@example.com").get("/auth/me").statusCode()); // by a code

    sql.update("UPDATE attempts SET at = at - interval '15 min' WHERE key = 'ten@example.com'");
    assertEquals(200, ask.login("ten@example.com", GOOD).statusCode());
  }

  @Test
  void theLimitTellsNothingOfWhoHasAnAccount() {
    for (int i = 0; i < 10; i++) ask.login("nobody@example.com", "wrong");
    tooMany(10, ask.login("nobody@example.com", "wrong"));
  }

  @Test
  void successBeginsTheCountAnew() {
    set(ask.person("reset@example.com"));
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 9; i++) ask.login("reset@example.com", "wrong");
      assertEquals(200, ask.login("reset@example.com", GOOD).statusCode());
    }
  }

  @Test
  void aClientHasSoManyForAnyAccounts() {
    String from = ask.client();
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      all.add(ask.login("spray" + i + "@example.com", "password12", from));
      if (i % 4 == 3) all.forEach(RunningGateway::await); // so many of one client wait at once
    }
    Map<String, Integer> expected =
        Map.of("401 INVALID_CREDENTIALS", 20, "429 RATE_LIMIT_EXCEEDED", 5);
    assertEquals(expected, counted(all));
    assertEquals(200, ask.login("bystander@example.com", GOOD).statusCode());
  }

  @Test
  void oneClientHasNobodyElseWait() {
    String from = ask.client();
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 18; i++) {
      all.add(ask.login("queue" + i + "@example.com", "password12", from));
    }
    assertEquals(200, ask.login("bystander@example.com", GOOD).statusCode());
    assertTrue(counted(all).get("503 OVERLOADED") > 0);
  }

  @Test
  void theCurrentPasswordCannotBeGuessedEither() {
    Person owner = ask.person("stolen@example.com");
    set(owner);
    int refused = 0;
    HttpResponse<Buffer> answer;
    do {
      answer = Asking.set(owner, "wrong " + refused, "staple of quiet rivers");
      refused++;
    } while (answer.statusCode() == 403 && refused < 20);
    assertEquals(429, answer.statusCode());
    assertTrue(refused <= 11, refused + " guesses");
    assertEquals(429, Asking.set(owner, GOOD, "staple of quiet rivers").statusCode());
    assertEquals(200, ask.login("stolen@example.com", GOOD).statusCode()); // counts by itself
  }

  /** Hashing costs: nobody may have it done without end. */
  @Test
  void aUserChangesItSoOften() {
    Person owner = ask.person("often@example.com");
    Map<Integer, Integer> statuses = new TreeMap<>();
    set(owner);
    for (int i = 0; i < 12; i++)
      statuses.merge(Asking.set(owner, GOOD, GOOD).statusCode(), 1, Integer::sum);
    assertEquals(Map.of(204, 9, 429, 3), statuses);
  }

  /** Two hundred clients guess a thousand times, the right one among them: ten are judged. */
  @Test
  void bruteForceOfOneAccountEndsHoweverManyTakePart() {
    set(ask.person("victim@example.com"));
    List<String> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) clients.add(ask.client());
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < GUESSES; i++) {
      String guess = i == GUESSES - 1 ? GOOD : "guess " + i;
      if (i == GUESSES - 1) all.forEach(RunningGateway::await);
      all.add(ask.login("victim@example.com", guess, clients.get(i % CLIENTS)));
      if (i == GUESSES / 2) {
        assertEquals(200, ask.login("bystander@example.com", GOOD).statusCode());
      }
    }
    Map<String, Integer> outcomes = counted(all);
    assertEquals(
        Map.of("401 INVALID_CREDENTIALS", 10, "429 RATE_LIMIT_EXCEEDED", GUESSES - 10), outcomes);
    assertEquals(200, ask.login("bystander@example.com", GOOD).statusCode());
  }

  /** Without an account, and without a password, as much is hashed. */
  @Test
  void timeTellsNothingOfWhoHasAnAccount() {
    set(ask.person("known@example.com"));
    ask.person("passwordless@example.com");
    List<String> emails =
        List.of("known@example.com", "unknown@example.com", "passwordless@example.com");
    double[][] millis = new double[emails.size()][TIMED];
    for (int i = 0; i < TIMED; i++) {
      for (int e = 0; e < emails.size(); e++) {
        int next = (e + i) % emails.size(); // who comes first waits longer, or not as long
        millis[next][i] = timed(emails.get(next));
      }
      sql.update("DELETE FROM attempts");
    }
    double[] medians = Arrays.stream(millis).mapToDouble(PasswordLimitsIT::median).toArray();
    double most = Arrays.stream(medians).max().orElseThrow();
    double least = Arrays.stream(medians).min().orElseThrow();
    assertTrue(most / least < 3, "the medians are " + Arrays.toString(medians));
  }

  private static double timed(String email) {
    long start = System.nanoTime();
    assertEquals(401, ask.login(email, "wrong").statusCode());
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Not in the log at its most talkative, not in the audit log, nowhere in the data directory. */
  @Test
  void noPasswordIsWrittenDownAnywhere() throws IOException {
    String secret = "Zq7-unmistakable-secret";
    Logger log = (Logger) LoggerFactory.getLogger("dev.sluice");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Level before = log.getLevel();
    log.setLevel(Level.TRACE);
    log.addAppender(lines);
    try {
      Person person = ask.person("quiet@example.com");
      assertEquals(204, Asking.set(person, null, secret).statusCode());
      assertEquals(403, Asking.set(person, secret + "x", secret).statusCode());
      assertEquals(200, ask.login("quiet@example.com", secret).statusCode());
      assertEquals(401, ask.login("quiet@example.com", secret + "y").statusCode());
      assertEquals(422, ask.login("quiet", secret).statusCode());
      String audited = "SELECT 1 FROM audit_logs WHERE details->>'method' = 'password'";
      gateway.until("audit entries", () -> sql.rows(audited).size() >= 2);
    } finally {
      log.detachAppender(lines);
      log.setLevel(before);
    }
    for (ILoggingEvent line : List.copyOf(lines.list)) {
      assertTrue(!line.getFormattedMessage().contains(secret), line.getFormattedMessage());
    }
    String entries = "SELECT count(*) FROM audit_logs a WHERE a::text LIKE '%' || ? || '%'";
    assertEquals(List.of("0"), sql.rows(entries, secret));
    sql.update("CHECKPOINT");
    assertEquals(List.of(), filesWith(secret));
  }

  private static List<Path> filesWith(String secret) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        gateway.data(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes its) throws IOException {
            if (!its.isRegularFile()) return FileVisitResult.CONTINUE;
            try {
              byte[] bytes = Files.readAllBytes(file);
              if (new String(bytes, StandardCharsets.ISO_8859_1).contains(secret)) found.add(file);
              return FileVisitResult.CONTINUE;
            } catch (IOException e) {
              return visitFileFailed(file, e);
            }
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw e; // PostgreSQL has files come and go, and no more
          }
        });
    return found;
  }

  private static void tooMany(int limit, HttpResponse<Buffer> answer) {
    assertEquals(429, answer.statusCode(), answer.bodyAsString());
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals("RATE_LIMIT_EXCEEDED", body.getString("code"));
    assertEquals(
        new JsonObject().put("limit", limit).put("window", 900), body.getJsonObject("details"));
    int wait = Integer.parseInt(answer.getHeader("retry-after"));
    assertTrue(wait > 800 && wait <= 900, "Retry-After: " + wait);
  }

  private static Map<String, Integer> counted(List<Future<HttpResponse<Buffer>>> all) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Future<HttpResponse<Buffer>> one : all) {
      HttpResponse<Buffer> answer = await(one);
      String code = answer.bodyAsJsonObject().getString("code");
      counts.merge(answer.statusCode() + " " + code, 1, Integer::sum);
    }
    return counts;
  }

  private static void set(Person person) {
    assertEquals(204, Asking.set(person, null, GOOD).statusCode());
  }
}
