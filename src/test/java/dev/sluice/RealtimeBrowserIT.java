package dev.sluice;

import static dev.sluice.harness.Chromium.fetch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketRoute;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.harness.Chromium;
import dev.sluice.harness.Chromium.Fetched;
import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Browsers that find each other through the gateway, and talk to each other without it. */
class RealtimeBrowserIT {
  private static final String SAY_MANY =
      """
      ([pane, count]) => {
        const form = document.querySelector('[data-is=say]');
        for (let i = 0; i < count; i++) {
          form.elements.text.value = pane + i;
          form.requestSubmit();
        }
      }
      """;

  private static Chromium chromium;
  private static RunningGateway gateway;
  private static String home;
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    chromium =
        new Chromium(
            "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns");
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,realtime,signaling", "SLUICE_STORE_REDISTIMEOUT", "5s"),
            "signaling: { heartbeat: 6s }"); // of which a busy machine leaves enough
    home =
        "http://localhost:" + gateway.port() + "/examples/realtime"; // where __Host- cookies work
  }

  @AfterAll
  static void stop() {
    if (gateway != null) gateway.close();
    if (chromium != null) chromium.close();
  }

  @AfterEach
  void nothingBrokeThePolicy() {
    assertEquals(List.of(), List.copyOf(complaints));
  }

  private Page open(BrowserContext person, String query) {
    Page page = person.newPage();
    page.setDefaultTimeout(60_000);
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) complaints.add(message.text());
        });
    page.navigate(home + query);
    return page;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page signIn(Page page, String email) {
    page.getByLabel("E-mail").fill(email);
    button(page, "Sign in").click();
    page.getByText("Signed in as " + email).waitFor();
    return page;
  }

  private static Locator pane(Page page, String name) {
    return page.locator("section[aria-labelledby=pane-" + name + "]");
  }

  private static void until(Locator within, String part, String text) {
    Locator.FilterOptions has = new Locator.FilterOptions().setHasText(text);
    within.locator("[data-is=" + part + "]").filter(has).waitFor();
  }

  private static String create(Page page) {
    button(page, "Create room").click();
    until(page.locator("body"), "state", "In the room, alone");
    return page.getByLabel("Room", new Page.GetByLabelOptions().setExact(true)).inputValue();
  }

  /** Two people in a room, connected. */
  private static void meet(Page a, Page b) {
    String room = create(a);
    b.getByLabel("Room", new Page.GetByLabelOptions().setExact(true)).fill(room);
    button(b, "Join room").click();
    until(a.locator("body"), "state", "Connected to Bob");
    until(b.locator("body"), "state", "Connected to Ada");
  }

  private static List<String> heard(Page page, String from) {
    return page.locator("[data-is=chat] p:not(.note)").allTextContents().stream()
        .filter(line -> line.startsWith(from + ": "))
        .map(line -> line.substring(from.length() + 2))
        .toList();
  }

  /** So many descriptions have come; which of two offers that meet counts is chance. */
  private static void negotiated(Page page, String from, int times) {
    Pattern description = Pattern.compile("(OFFER|ANSWER) " + from);
    Locator.FilterOptions has = new Locator.FilterOptions().setHasText(description);
    page.locator("[data-is=events] p").filter(has).nth(times - 1).waitFor();
  }

  /** So many sockets have been replaced: what the state says meanwhile is gone too soon to see. */
  private static void replaced(Page page, int times) {
    page.locator("[data-is=events] p", text("took its place")).nth(times - 1).waitFor();
  }

  private static List<String> thousand(String pane) {
    return IntStream.range(0, 1000).mapToObj(i -> pane + i).toList();
  }

  private static void say(Page page, String text) {
    page.getByLabel("Message").fill(text);
    page.getByLabel("Message").press("Enter");
  }

  private static void took(String what, long since) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    System.out.println(what + " after " + millis + " ms"); // for people; machines differ
  }

  @Test
  void twoBrowsersExchangeAThousandMessagesEachWayUntilOneTabIsClosed() {
    try (BrowserContext one = chromium.person();
        BrowserContext two = chromium.person()) {
      Page a = signIn(open(one, "?pane=A"), "ada@example.com");
      Page b = signIn(open(two, "?pane=b"), "bob@example.com");
      meet(a, b);
      long begun = System.nanoTime();
      a.evaluate(SAY_MANY, List.of("A", 1000));
      b.evaluate(SAY_MANY, List.of("B", 1000));
      until(a.locator("body"), "chat", "Bob: B999");
      until(b.locator("body"), "chat", "Ada: A999");
      took("2,000 messages have crossed", begun);
      assertEquals(thousand("A"), heard(b, "Ada"));
      assertEquals(thousand("B"), heard(a, "Bob"));

      a.evaluate("document.querySelector('[data-is=renegotiate]').click()");
      b.evaluate("document.querySelector('[data-is=renegotiate]').click()");
      negotiated(a, "Bob", 2);
      negotiated(b, "Ada", 2);
      say(a, "<b>still</b> here");
      until(b.locator("body"), "chat", "Ada: <b>still</b> here");
      until(a.locator("body"), "state", "Connected to Bob");
      assertEquals("", a.locator("[data-is=error]").textContent());
      assertEquals("", b.locator("[data-is=error]").textContent());

      long closed = System.nanoTime();
      b.close();
      until(a.locator("body"), "chat", "Bob has left (disconnected).");
      took("a tab that was closed is told of", closed);
      until(a.locator("body"), "state", "In the room, alone");
      assertTrue(a.getByLabel("Message").isDisabled());
    }
  }

  @Test
  void whoOnlySendsHeartbeatsAndStopsIsToldOfToo() {
    try (BrowserContext one = chromium.person();
        BrowserContext two = chromium.person()) {
      Page a = signIn(open(one, "?pane=A"), "carol@example.com");
      String room = create(a);
      Page b = signIn(open(two, "?pane=B"), "dave@example.com");
      Map<String, String> bearer = Map.of("Authorization", "Bearer " + token(b));
      JsonObject who = new JsonObject().put("roomId", room);
      JsonObject named = who.copy().put("name", "Dave");
      Fetched joined = fetch(b, "POST", "/signaling/join-room", named, bearer);
      assertEquals(200, joined.status(), joined.text());
      until(a.locator("body"), "peers", "Dave: connecting");
      assertEquals(200, fetch(b, "POST", "/signaling/heartbeat", who, bearer).status());
      long closed = System.nanoTime();
      b.close();
      until(a.locator("body"), "chat", "Dave has left (timeout).");
      took("with signaling.heartbeat 6s, a tab without a socket is told of", closed);
      until(a.locator("body"), "peers", "Nobody yet");
    }
  }

  private static String token(Page page) {
    Map<String, String> none = Map.of();
    String csrf = fetch(page, "GET", "/api/auth/session", null, none).json().getString("csrfToken");
    Map<String, String> shown = Map.of("X-CSRF-Token", csrf);
    return fetch(page, "POST", "/auth/refresh", null, shown).json().getString("accessToken");
  }

  /** The page's end breaks off: first alone, so that the peer is there still, then both. */
  @Test
  void aSocketIsReplacedBeforeItsTokenRunsOutAndWhenItBreaksOff() {
    try (BrowserContext one = chromium.person();
        BrowserContext two = chromium.person()) {
      Deque<WebSocketRoute> sockets = new ConcurrentLinkedDeque<>();
      Queue<WebSocketRoute> servers = new ConcurrentLinkedQueue<>();
      one.routeWebSocket(
          url -> url.contains("/signaling/ws"),
          socket -> {
            sockets.add(socket);
            servers.add(socket.connectToServer());
            socket.onClose((code, reason) -> {}); // or the other end is closed, too
          });
      one.clock().install();
      Page a = signIn(open(one, "?pane=A"), "erin@example.com");
      Page b = signIn(open(two, "?pane=B"), "frank@example.com");
      meet(a, b);
      a.clock().fastForward("13:00"); // of the 15 minutes that a token is good for
      replaced(a, 1);
      a.evaluate("document.querySelector('[data-is=renegotiate]').click()");
      negotiated(a, "Bob", 2);
      until(a.locator("body"), "state", "Connected to Bob");

      sockets.getLast().close(new WebSocketRoute.CloseOptions().setCode(4000));
      until(a.locator("body"), "events", "broke off (4000)");
      replaced(a, 2);
      until(a.locator("body"), "state", "Connected to Bob");
      say(a, "by the old connection");
      until(b.locator("body"), "chat", "Ada: by the old connection");
      assertEquals(0, b.locator(".note", text("has left")).count());

      servers.forEach(WebSocketRoute::close);
      until(b.locator("body"), "chat", "Ada has left (disconnected).");
      sockets.getLast().close(new WebSocketRoute.CloseOptions().setCode(4000));
      until(a.locator("body"), "chat", "joining the room again");
      until(a.locator("body"), "state", "Connected to Bob");
      say(a, "by another");
      until(b.locator("body"), "chat", "Ada: by another");
    }
  }

  private static Page.LocatorOptions text(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  @Test
  void twoPanesOfOnePageMeetAndAreToldWhatIsWrong() {
    try (BrowserContext one = chromium.person()) {
      Page page = open(one, "");
      assertTrue(pane(page, "A").getByText("Sign in first").isVisible());
      assertTrue(button(page, "Create room").first().isDisabled());
      signIn(page, "grace@example.com");
      Locator a = pane(page, "A");
      Locator b = pane(page, "B");
      press(b, "Join room");
      until(b, "error", "Create a room, or paste the id of one");
      b.getByLabel("Room").fill("nowhere");
      press(b, "Join room");
      until(b, "error", "There is no such room.");
      press(a, "Create room");
      until(a, "state", "In the room, alone");
      String room = a.getByLabel("Room").inputValue();
      assertEquals(room, b.getByLabel("Room").inputValue());
      assertEquals("", b.locator("[data-is=error]").textContent());
      page.screenshot(shot("realtime-alone"));
      press(b, "Join room");
      until(a, "state", "Connected to Bob");
      until(b, "state", "Connected to Ada");
      assertEquals("", b.locator("[data-is=error]").textContent());
      b.getByLabel("Message").fill("Hello");
      press(b, "Send");
      until(a, "chat", "Bob: Hello");
      assertEquals("", b.getByLabel("Message").inputValue());
      page.screenshot(shot("realtime-light"));
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.screenshot(shot("realtime-dark"));
      page.setViewportSize(360, 740);
      assertEquals(
          true,
          page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          "narrow screens need not scroll sideways (WCAG 2.2, 1.4.10)");
      page.screenshot(shot("realtime-narrow"));
      assertEquals(0, page.evaluate(UNNAMED), "every control has a name");

      press(b, "Leave");
      until(a, "chat", "Bob has left (left).");
      until(b, "state", "Not in a room");
      page.reload();
      page.getByText("Signed in as grace@example.com").waitFor();
      button(page, "Sign out").click();
      page.getByLabel("E-mail").waitFor();
      assertEquals(0, one.cookies().size());
    }
  }

  private static final String UNNAMED =
      """
      [...document.querySelectorAll('input')].filter(i => !i.labels.length).length
        + [...document.querySelectorAll('[role=log],[role=region]')].filter(e => !e.ariaLabel).length
      """;

  private static void press(Locator pane, String name) {
    Locator.GetByRoleOptions exact = new Locator.GetByRoleOptions().setName(name).setExact(true);
    pane.getByRole(AriaRole.BUTTON, exact).click();
  }

  private static Page.ScreenshotOptions shot(String name) {
    return new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target", name + ".png"));
  }

  @Test
  void whereTheMailCannotBeReadTheCodeIsTyped() {
    String sandbox = gateway.environment().get("SLUICE_SERVER_EXAMPLES");
    try (BrowserContext one = chromium.person()) {
      one.route(url -> url.startsWith(sandbox), route -> route.abort());
      Page page = open(one, "?pane=A&room=some-room");
      assertEquals("some-room", page.getByLabel("Room").inputValue());
      String email = "heidi@example.com";
      page.getByLabel("E-mail").fill(email);
      button(page, "Sign in").click();
      page.getByText("Type the code that was mailed to " + email).waitFor();
      page.getByLabel("Code").fill("000-000");
      page.getByLabel("Code").press("Enter");
      page.locator("#account-error:not(:empty)").waitFor();
      page.getByLabel("Code").fill(Person.code(gateway, email, 0));
      page.getByLabel("Code").press("Enter");
      page.getByText("Signed in as " + email).waitFor();
      button(page, "Join room").click();
      until(page.locator("body"), "error", "Check its id, or create another room.");
    }
  }
}
