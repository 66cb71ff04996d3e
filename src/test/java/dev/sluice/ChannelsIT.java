package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Talker;
import dev.sluice.identity.Person;
import dev.sluice.realtime.channel.EventId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Channels over the sockets of two nodes that share a Redis. */
class ChannelsIT {
  private static final String YAML =
      """
      channels:
        history: 200
        maxEvent: 20KiB
        kinds:
          chat: { subscribe: ["*"], publish: ["*"], presence: true }
          ticker: { subscribe: ["*"], publish: ["*"], coalesce: true }
          staff: { subscribe: [staff], publish: [] }
      sockets: { slow: 30s, messages: 10000, burst: 10000, channels: 3 }
      """;
  private static final Map<String, String> OWN = // a busy machine is no outage
      Map.of("SLUICE_APPS", "identity,realtime,notebook", "SLUICE_STORE_REDISTIMEOUT", "2s");
  private static RunningGateway one;
  private static RunningGateway other;
  private static Person ada;
  private static Person bob;
  private final String chat = "chat:" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "identity,traffic,realtime,notebook",
            "SLUICE_STORE_REDISTIMEOUT", "2s"); // a busy machine is no outage
    one = new RunningGateway(settings, YAML);
    Map<String, String> shared = new HashMap<>(settings);
    shared.putAll(Sql.stores(one));
    other = new RunningGateway(shared, YAML.replace("slow: 30s", "slow: 2s"));
    ada = Person.signedIn(one, "ada@example.com");
    bob = Person.signedIn(one, "bob@example.com");
  }

  @AfterAll
  static void stop() {
    other.close();
    one.close();
  }

  private static Talker ada(RunningGateway at) {
    return Talker.open(at.port(), "/ws", ada.accessToken);
  }

  private static JsonObject in(String channel) {
    return new JsonObject().put("channel", channel);
  }

  private static Talker subscribed(RunningGateway at, String channel, String after) {
    JsonObject wish = in(channel);
    if (after != null) wish.put("after", after);
    Talker talker = ada(at).say("SUBSCRIBE", "s", wish);
    assertEquals(channel, talker.hear("SUBSCRIBED").getString("channel"));
    return talker;
  }

  private static String publish(RunningGateway at, String channel, Object data) {
    return await(at.gateway().channels().publish(channel, "SAID", data)).toString();
  }

  @Test
  void whatIsPublishedOnOneNodeIsHeardOnBothInOrder() {
    try (Talker here = subscribed(one, chat, null);
        Talker there = subscribed(other, chat, null)) {
      skipPresence(here);
      for (int i = 0; i < 50; i++) {
        JsonObject said = in(chat).put("event", "SAID").put("data", i);
        (i % 2 == 0 ? here : there).say("PUBLISH", said);
        JsonObject heard = said(here);
        assertEquals(heard.getValue("id"), said(there).getValue("id"));
        assertEquals(i, heard.getInteger("payload"));
        assertEquals(chat, heard.getString("channel"));
        assertEquals("1.0", heard.getString("version"));
        assertNotNull(heard.getString("timestamp"));
      }
    }
  }

  /** The next that somebody said; who comes and goes meanwhile is passed over. */
  private static JsonObject said(Talker talker) {
    return talker.next("SAID");
  }

  private static void skipPresence(Talker talker) {
    assertEquals(ada.user.getString("id"), talker.hear("PRESENCE_JOINED").getString("user"));
  }

  @Test
  void whoComesBackGoesOnWhereItWas() {
    String first = publish(one, chat, 0);
    for (int i = 1; i < 150; i++) publish(i % 2 == 0 ? one : other, chat, i);
    try (Talker back = subscribed(other, chat, first)) {
      for (int i = 1; i < 150; i++) assertEquals(i, said(back).getInteger("payload"));
      publish(one, chat, 150);
      assertEquals(150, said(back).getInteger("payload"));
    }
  }

  @Test
  void whoComesBackTooLateIsToldSo() {
    String first = publish(one, chat, 0);
    String last = null;
    for (int i = 1; i < 500; i++) last = publish(one, chat, i);
    try (Talker back = subscribed(one, chat, first)) {
      JsonObject resync = back.hear("RESYNC");
      assertEquals(chat, resync.getString("channel"));
      assertTrue(EventId.parse(resync.getString("last")).compareTo(EventId.parse(last)) >= 0);
      publish(one, chat, 500);
      assertEquals(500, said(back).getInteger("payload"));
    }
    try (Talker strange = subscribed(one, chat, "99-7")) {
      strange.hear("RESYNC");
    }
  }

  @Test
  void aUsersOwnEventsComeToAllOfTheirDevices() {
    String id = ada.user.getString("id");
    try (Talker socket = Talker.open(other.port(), "/api/ws", ada.accessToken)) {
      socket.say("SUBSCRIBE", new JsonObject().put("userId", id));
      assertEquals("user:" + id, socket.hear("SUBSCRIBED").getString("channel"));
      one.until("it is known that she hears", () -> await(one.gateway().channels().hears(id)));
      publish(one, "user:" + id, new JsonObject().put("a", 1));
      JsonObject heard = socket.hear();
      assertEquals("SAID", heard.getString("type"));
      assertEquals(new JsonObject().put("a", 1), heard.getJsonObject("data"));
    }
    one.until("nobody hears", () -> !await(one.gateway().channels().hears(id)));
  }

  /** Who listens knows who said it, and nobody can speak for the gateway. */
  @Test
  void anEventNamesItsPublisher() {
    try (Talker talker = Talker.open(one.port(), "/api/ws", ada.accessToken)) {
      talker.say("SUBSCRIBE", in(chat)).hear("SUBSCRIBED");
      talker.hear("PRESENCE_JOINED");
      talker.frame(
          "{\"type\":\"PUBLISH\",\"channel\":\"" + chat + "\",\"event\":\"SAID\",\"data\":7}");
      JsonObject heard = talker.hear();
      assertEquals(7, heard.getInteger("data"));
      assertEquals(ada.user.getString("id"), heard.getString("from"));
      publish(one, chat, 8);
      assertNull(talker.hear().getString("from"));
      for (String reserved : new String[] {"RESYNC", "PRESENCE_LEFT", "ERROR", "REPLY"}) {
        talker.say("PUBLISH", in(chat).put("event", reserved));
        assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      }
    }
  }

  @Test
  void whoSubscribesAnewBehindAnEventHearsTheRestAgain() {
    String ticker = "ticker:" + UUID.randomUUID();
    String first = publish(one, ticker, 0);
    publish(one, ticker, 1);
    try (Talker talker = subscribed(one, ticker, null)) {
      talker.say("SUBSCRIBE", in(ticker).put("after", first)).hear("SUBSCRIBED");
      assertEquals(1, said(talker).getInteger("payload"));
    }
  }

  @Test
  void whatIsToldTwiceIsHeardOnce() {
    try (Talker talker = subscribed(one, chat, null)) {
      EventId first = await(one.gateway().channels().publish(chat, "SAID", 1, "a"));
      EventId again = await(other.gateway().channels().publish(chat, "SAID", 1, "a"));
      assertEquals(first, again);
      publish(one, chat, 2);
      assertEquals(1, said(talker).getInteger("payload"));
      assertEquals(2, said(talker).getInteger("payload"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "user:someone, FORBIDDEN",
    "staff:x, FORBIDDEN",
    "nothing:x, NO_SUCH_CHANNEL",
    "chat, VALIDATION_ERROR",
    "chat:, VALIDATION_ERROR",
    "'chat:a b', VALIDATION_ERROR",
    "Chat:x, VALIDATION_ERROR",
  })
  void whatOneMayNotHearIsRefusedAndTheSessionGoesOn(String channel, String code) {
    try (Talker talker = ada(one)) {
      talker.say("SUBSCRIBE", "1", in(channel));
      assertEquals(code, talker.hear("ERROR").getString("code"));
      talker.say("PUBLISH", "2", in(channel).put("event", "X"));
      assertEquals(code, talker.hear("ERROR").getString("code"));
      talker.say("PING", new JsonObject());
      talker.hear("PONG");
    }
  }

  @Test
  void badWishesAreRefused() {
    try (Talker talker = ada(one)) {
      talker.say("SUBSCRIBE", new JsonObject());
      assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      talker.say("SUBSCRIBE", in(chat).put("after", "yesterday"));
      assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      talker.say("SUBSCRIBE", in(chat).put("after", "1795338334161-9223372036854775807"));
      assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      talker.say("SUBSCRIBE", in(chat).put("after", 7));
      assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      talker.say("PUBLISH", in(chat));
      assertEquals("VALIDATION_ERROR", talker.hear("ERROR").getString("code"));
      talker.say("PUBLISH", in(chat).put("event", "X").put("data", "x".repeat(30_000)));
      assertEquals("EVENT_TOO_LARGE", talker.hear("ERROR").getString("code"));
      talker.say("PUBLISH", in("user:" + ada.user.getString("id")).put("event", "X"));
      assertEquals("FORBIDDEN", talker.hear("ERROR").getString("code"));
      talker.say("PRESENCE", in("ticker:x"));
      assertEquals("NO_PRESENCE", talker.hear("ERROR").getString("code"));
      for (int i = 0; i < 3; i++) talker.say("SUBSCRIBE", in("ticker:" + i)).hear("SUBSCRIBED");
      talker.say("SUBSCRIBE", in("ticker:3"));
      assertEquals("TOO_MANY_CHANNELS", talker.hear("ERROR").getString("code"));
      talker.say("UNSUBSCRIBE", in("ticker:0")).hear("UNSUBSCRIBED");
      talker.say("SUBSCRIBE", in("ticker:3")).hear("SUBSCRIBED");
    }
  }

  @Test
  void whoUnsubscribesHearsNoMore() {
    String ticker = "ticker:" + UUID.randomUUID();
    try (Talker talker = subscribed(one, ticker, null)) {
      publish(one, ticker, 1);
      assertEquals(1, said(talker).getInteger("payload"));
      talker.say("UNSUBSCRIBE", in(ticker)).hear("UNSUBSCRIBED");
      publish(one, ticker, 2);
      talker.say("SUBSCRIBE", in(ticker)).hear("SUBSCRIBED");
      publish(one, ticker, 3);
      assertEquals(3, said(talker).getInteger("payload"));
    }
  }

  @Test
  void whoIsThereIsSeenOnAllNodes() {
    try (Talker here = subscribed(one, chat, null)) {
      skipPresence(here);
      Talker there = Talker.open(other.port(), "/ws", bob.accessToken);
      there.say("SUBSCRIBE", in(chat)).hear("SUBSCRIBED");
      String id = bob.user.getString("id");
      assertEquals(id, here.hear("PRESENCE_JOINED").getString("user"));
      Talker again = Talker.open(one.port(), "/ws", bob.accessToken);
      again.say("SUBSCRIBE", in(chat)).hear("SUBSCRIBED");
      JsonObject present = here.say("PRESENCE", in(chat)).hear("PRESENCE");
      assertEquals(2, present.getInteger("count"));
      assertTrue(present.getJsonArray("members").contains(id));
      there.close();
      publish(one, chat, "still there");
      assertEquals("still there", here.hear().getString("payload"));
      again.close();
      assertEquals(id, here.hear("PRESENCE_LEFT").getString("user"));
    }
  }

  /** What waits for it is nowhere but in the history. */
  @Test
  void whoReadsSlowlyHearsAllTheSame() {
    String text = "x".repeat(18_000);
    try (Talker slow = subscribed(one, chat, null);
        Talker quick = subscribed(one, chat, null)) {
      flood(chat, 190, text);
      for (int i = 0; i < 190; i++) assertEquals(i + text, said(quick).getString("payload"));
      for (int i = 0; i < 190; i++) assertEquals(i + text, said(slow).getString("payload"));
      publish(other, chat, "last");
      assertEquals("last", said(slow).getString("payload"));
    }
  }

  private static void flood(String channel, int events, String text) {
    List<Future<EventId>> told = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      told.add(one.gateway().channels().publish(channel, "SAID", i + text));
      if (told.size() < 100 && i + 1 < events) continue;
      await(Future.all(told));
      told.clear();
    }
  }

  /** Who publishes more than can be kept is told so, and nothing of what was taken is lost. */
  @Test
  void whoPublishesTooMuchIsRefused() {
    try (Talker talker = ada(one)) {
      talker.say("SUBSCRIBE", in(chat)).hear("SUBSCRIBED");
      List<Future<EventId>> told = new ArrayList<>();
      String text = "x".repeat(18_000);
      for (int i = 0; i < 3000; i++) {
        told.add(one.gateway().channels().publish(chat, "SAID", i + text));
      }
      await(Future.join(told).otherwiseEmpty());
      long refused = told.stream().filter(Future::failed).count();
      assertTrue(refused > 0 && refused < 3000, refused + " refused");
    }
  }

  @Test
  void whoReadsNothingIsClosed() {
    String text = "x".repeat(18_000);
    other.until("others are gone", () -> other.metric("sockets_open") == 0);
    try (Talker stuck = ada(other)) {
      stuck.say("SUBSCRIBE", in(chat)).hear("SUBSCRIBED");
      assertEquals(1, other.metric("sockets_open"));
      flood(chat, 2000, text);
      other.until("it is closed", () -> other.metric("sockets_open") == 0);
    }
  }

  @Test
  void toSlowOnesTheNewestOfEachTypeIsEnough() {
    String ticker = "ticker:" + UUID.randomUUID();
    String text = "x".repeat(18_000);
    try (Talker slow = subscribed(one, ticker, null)) {
      flood(ticker, 1500, text);
      int heard = 0;
      int last = -1;
      while (last < 1499) {
        JsonObject frame = slow.hear();
        if (frame.getString("type").equals("RESYNC")) continue;
        int now = Integer.parseInt(frame.getString("payload").replace("x", ""));
        assertTrue(now > last);
        last = now;
        heard++;
      }
      assertTrue(heard < 1500, "heard " + heard);
    }
  }

  @Test
  void aReloadChangesWhatIsDeclaredAndKeepsWhatIsHeard() throws Exception {
    RunningGateway own = new RunningGateway(OWN, YAML);
    try {
      Person eve = Person.signedIn(own, "eve@example.com");
      try (Talker talker = Talker.open(own.port(), "/ws", eve.accessToken)) {
        talker.say("SUBSCRIBE", in("ticker:x")).hear("SUBSCRIBED");
        Settings settings = Settings.load(own.file(), own.environment(), Map.of());
        String limits = "limits: { tight: { ip: { requests: 3, window: 1h } } }\n";
        own.write(limits + YAML.replace("ticker:", "clock:"));
        Settings then = Settings.load(own.file(), own.environment(), Map.of());
        assertFalse(settings.channels().equals(then.channels()));
        await(own.gateway().reload(then, own.mounts(then), java.util.Set.of()));
        publish(own, "ticker:x", 1);
        assertEquals(1, said(talker).getInteger("payload"));
        talker.say("SUBSCRIBE", in("ticker:y"));
        assertEquals("NO_SUCH_CHANNEL", talker.hear("ERROR").getString("code"));
        talker.say("SUBSCRIBE", in("clock:y")).hear("SUBSCRIBED");
      }
    } finally {
      own.close();
    }
  }

  /** Many channels take no more than they may; whose history has gone, and when, is known. */
  @Test
  void allHistoriesTogetherAreBounded() {
    RunningGateway own =
        new RunningGateway(
            OWN, YAML.replace("history: 200", "history: 200\n  historySize: 1MiB\n  memory: 2MiB"));
    try {
      Person eve = Person.signedIn(own, "eve@example.com");
      String first = publish(own, "ticker:a", 1);
      String text = "x".repeat(18_000);
      for (int i = 0; i < 300; i++) publish(own, "ticker:" + i, text);
      String last = publish(own, "ticker:299", 2);
      try (Talker talker = Talker.open(own.port(), "/ws", eve.accessToken)) {
        talker.say("SUBSCRIBE", in("ticker:a").put("after", first)).hear("SUBSCRIBED");
        assertEquals("ticker:a", talker.hear("RESYNC").getString("channel"));
        String before = EventId.parse(last).epoch() + "-1";
        talker.say("SUBSCRIBE", in("ticker:299").put("after", before)).hear("SUBSCRIBED");
        assertEquals(2, said(talker).getInteger("payload"));
        publish(own, "ticker:a", 3);
        assertEquals(3, said(talker).getInteger("payload"));
      }
    } finally {
      own.close();
    }
  }

  /** Without Redis there is no history, but who is here hears; and afterwards all is as before. */
  @Test
  void whileRedisIsAwayThoseOfTheNodeHear() throws IOException {
    RunningGateway own = new RunningGateway(OWN, YAML);
    ProcessHandle redis = own.redis();
    Path program = Path.of(redis.info().command().orElseThrow());
    Path aside = program.resolveSibling("aside");
    try {
      Person eve = Person.signedIn(own, "eve@example.com");
      String ticker = "ticker:x";
      try (Talker talker = Talker.open(own.port(), "/ws", eve.accessToken)) {
        talker.say("SUBSCRIBE", in(ticker)).hear("SUBSCRIBED");
        publish(own, ticker, 1);
        assertNotNull(said(talker).getString("id"));
        Files.move(program, aside); // or it is back in a moment
        redis.destroyForcibly();
        own.until(
            "it is away", () -> !own.get("/health").bodyAsString().contains("\"redis\":\"up\""));
        assertNull(await(own.gateway().channels().publish(ticker, "SAID", 2)));
        JsonObject heard = said(talker);
        assertEquals(2, heard.getInteger("payload"));
        assertNull(heard.getString("id"));
        talker.say("SUBSCRIBE", in("ticker:y")).hear("SUBSCRIBED");
      }
      Files.move(aside, program);
      own.until(
          "it is back",
          () -> await(own.gateway().channels().publish("ticker:y", "SAID", 3)) != null);
      try (Talker later = Talker.open(own.port(), "/ws", eve.accessToken)) {
        assertNotNull(
            later.say("SUBSCRIBE", in("ticker:y")).hear("SUBSCRIBED").getString("last"),
            "what was not known then is asked again");
      }
    } finally {
      own.close();
    }
  }
}
