package dev.sluice.app.studio;

import static dev.sluice.app.studio.StudioTab.UNNAMED;
import static dev.sluice.app.studio.StudioTab.field;
import static dev.sluice.app.studio.StudioTab.note;
import static dev.sluice.app.studio.StudioTab.pane;
import static dev.sluice.app.studio.StudioTab.press;
import static dev.sluice.app.studio.StudioTab.rows;
import static dev.sluice.app.studio.StudioTab.said;
import static dev.sluice.app.studio.StudioTab.save;
import static dev.sluice.app.studio.StudioTab.shot;
import static dev.sluice.app.studio.StudioTab.signIn;
import static dev.sluice.app.studio.StudioTab.slot;
import static dev.sluice.app.studio.StudioTab.text;
import static dev.sluice.app.studio.StudioTab.until;
import static dev.sluice.app.studio.StudioTab.volume;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.harness.Chromium;
import dev.sluice.harness.RunningGateway;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of the studio as a person meets it, in tabs that are machines of their own. */
class StudioBrowserIT {
  private static Chromium chromium;
  private static RunningGateway gateway;
  private static Published contract;
  private static String home;
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    chromium = new Chromium();
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,signaling,studio",
                "SLUICE_STORE_REDISTIMEOUT", "2s"),
            "identity: { admins: [root@example.com] }");
    contract = new Published(gateway);
    home = "http://localhost:" + gateway.port(); // where __Host- cookies work
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

  /** A tab, which calls itself by a name. */
  private Page open(BrowserContext person, String name) {
    Page page = person.newPage();
    page.setDefaultTimeout(20_000);
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) complaints.add(message.text());
        });
    page.navigate(home + "/examples/studio");
    page.getByLabel("Name of this tab").fill(name);
    page.getByLabel("Name of this tab").blur();
    return page;
  }

  @Test
  void twoTabsEditTheSameSaveAndAgree() {
    try (BrowserContext ada = chromium.person()) {
      Page a = open(ada, "Tab A");
      signIn(a, "ada@example.com");
      Page b = open(ada, "Tab B");
      b.getByText("Signed in as ada@example.com").waitFor();
      said(b, "offline", "Online");
      press(pane(a, "clips"), "Show clips");
      said(a, "clips", "The most viewed clips of Ninja");
      assertEquals(5, pane(a, "clips").locator("li").count());

      save(a, "Saved as version 1.");
      press(pane(b, "saves").locator("form"), "Load");
      said(b, "saves", "Version 1 of “default” is loaded (Tab A,");
      volume(a).fill("80");
      save(a, "Saved as version 2.");
      until(pane(b, "saves").locator(".notice"), "“Tab A” has saved version 2.");
      assertEquals("50", volume(b).inputValue(), "nothing is loaded that was not asked for");

      field(b, "Title").fill("Friday");
      press(pane(b, "saves").locator("form"), "Save");
      Locator dialog = b.getByRole(AriaRole.DIALOG);
      until(dialog, "You changed version 1. “Tab A” has saved version 2, on");
      assertEquals(
          List.of("Title|Friday|My stream", "Alert volume|50|80"), rows(dialog), "in words");
      b.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "studio-conflict.png")));
      press(dialog, "Merge");
      said(b, "saves", "Merged, and saved as version 3. From the other machine: Alert volume: 80");
      assertEquals("80", volume(b).inputValue());
      assertEquals("Friday", field(b, "Title").inputValue());

      until(pane(a, "saves").locator(".notice"), "“Tab B” has saved version 3.");
      press(pane(a, "saves").locator(".notice"), "Load it");
      said(a, "saves", "Version 3 of “default” is loaded");
      assertEquals("Friday", field(a, "Title").inputValue());

      whereBothChangeTheSameOneDecides(a, b);
      whatWasSavedAndDeletedComesBack(a, b);
      narrowAndDark(a);
    }
  }

  private void whereBothChangeTheSameOneDecides(Page a, Page b) {
    field(a, "Title").fill("Of A");
    save(a, "Saved as version 4.");
    field(b, "Title").fill("Of B");
    press(pane(b, "saves").locator("form"), "Save");
    Locator dialog = b.getByRole(AriaRole.DIALOG);
    press(dialog, "Merge");
    until(dialog, "Both of you have changed: Title. Choose whose to keep.");
    assertEquals(List.of("Title (both changed it)|Of B|Of A"), rows(dialog));
    assertFalse(dialog.getByText("Merge").isVisible());
    b.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "studio-touching.png")));
    press(dialog, "Keep mine");
    said(b, "saves", "Saved as version 5.");

    field(a, "Title").fill("Of A again");
    press(pane(a, "saves").locator("form"), "Save");
    press(a.getByRole(AriaRole.DIALOG), "Take theirs");
    said(a, "saves", "Theirs is taken: version 5.");
    assertEquals("Of B", field(a, "Title").inputValue());
    save(a, "Nothing to save: version 5 is the same.");
  }

  private void whatWasSavedAndDeletedComesBack(Page a, Page b) {
    press(pane(a, "saves"), "Versions");
    Locator kept = pane(a, "saves").locator("[data-is=versions]");
    until(kept, "Versions of “default”");
    assertEquals(5, kept.locator("li").count());
    press(kept, "Restore version 1");
    said(a, "saves", "Version 1 is the newest again, as version 6.");
    assertEquals("My stream", field(a, "Title").inputValue());
    field(b, "Title").fill("Late");
    press(pane(b, "saves"), "Delete");
    until(pane(b, "saves").locator("[role=alert]"), "Another machine has changed it since.");
    press(pane(a, "saves"), "Delete");
    said(a, "saves", "“default” is deleted. For 30 days it can be restored.");
    until(pane(b, "saves").locator(".notice"), "deleted this slot");
    press(kept, "Restore version 6");
    said(a, "saves", "Version 6 is the newest again");
  }

  private void narrowAndDark(Page page) {
    page.screenshot(shot("studio-light"));
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    page.screenshot(shot("studio-dark"));
    page.setViewportSize(320, 740);
    assertEquals(
        true,
        page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
        "narrow screens need not scroll sideways (WCAG 2.2, 1.4.10)");
    page.screenshot(shot("studio-narrow"));
    assertEquals(0, page.evaluate(UNNAMED), "every control has a name");
  }

  @Test
  void whatIsWrittenOfflineIsSentAsOneBatchAndEachHasItsVerdict() {
    try (BrowserContext bob = chromium.person()) {
      Page a = open(bob, "Tab A");
      signIn(a, "bob@example.com");
      save(a, "Saved as version 1.");
      Page b = open(bob, "Tab B");
      said(b, "offline", "Online");
      press(pane(b, "saves").locator("form"), "Load");
      said(b, "saves", "Version 1 of “default” is loaded");

      Queue<Request> sent = new ConcurrentLinkedQueue<>();
      a.onRequest(
          request -> {
            if (!request.method().equals("GET")) sent.add(request);
          });
      press(pane(a, "offline"), "Work offline");
      said(a, "offline", "Working offline");
      String kept = "It is kept in this browser, and sent when the gateway is in reach.";
      field(a, "Title").fill("First");
      save(a, kept);
      field(a, "Title").fill("Second");
      save(a, kept);
      field(a, "Slot").fill("other");
      save(a, kept);
      note(a, "Offline", "Written on a train.");
      said(a, "notes", kept);
      assertEquals(4, pane(a, "offline").locator("[data-is=waiting] li").count());
      assertTrue(sent.isEmpty(), "nothing is asked while one works offline");
      volume(b).fill("70");
      save(b, "Saved as version 2.");

      press(pane(a, "offline"), "Work offline");
      Locator verdicts = pane(a, "offline").locator("[data-is=verdicts] p");
      until(verdicts, "Settings “default”: Merged, version 3");
      assertEquals(
          List.of(
              "Settings “default”: Another machine has come before",
              "Settings “default”: Waits for the one before",
              "Settings “other”: Confirmed, version 1",
              "Note “Offline”: Confirmed, version 1",
              "Settings “default”: Merged, version 3"),
          verdicts.allTextContents());
      assertEquals(List.of("/batch", "/cloud-save/save"), sent.stream().map(PATH).toList());
      until(pane(a, "offline").locator("[data-is=waiting]"), "Nothing");
      press(pane(b, "saves").locator("form"), "Load");
      said(b, "saves", "Version 3 of “default” is loaded");
      assertEquals("Second", field(b, "Title").inputValue());
      assertEquals("70", volume(b).inputValue());

      whatTouchesIsDecidedLater(a, b);
      whatGotNoAnswerIsSentAgain(a);
    }
  }

  private static final Function<Request, String> PATH =
      request -> URI.create(request.url()).getPath();

  /** Two writes on top of each other, and another machine's before them. */
  private void whatTouchesIsDecidedLater(Page a, Page b) {
    slot(a, "default");
    press(pane(a, "offline"), "Work offline");
    for (String title : List.of("Of A", "Of A, too")) {
      field(a, "Title").fill(title);
      save(a, "It is kept in this browser");
    }
    field(b, "Title").fill("Of B");
    save(b, "Saved as version 4.");
    press(pane(a, "offline"), "Work offline");
    Locator dialog = a.getByRole(AriaRole.DIALOG);
    until(dialog, "Both of you have changed: Title.");
    assertEquals(List.of("Title (both changed it)|Of A, too|Of B"), rows(dialog));
    press(dialog, "Decide later");
    Locator waiting = pane(a, "offline").locator("[data-is=waiting] li");
    until(waiting, "2 changes, not saved yet");
    a.screenshot(shot("studio-offline"));
    a.reload();
    said(a, "offline", "Online");
    until(waiting, "2 changes, not saved yet");
    press(waiting.last(), "Decide Settings “default”");
    press(dialog, "Keep mine");
    said(a, "saves", "Saved as version 5.");
    until(pane(a, "offline").locator("[data-is=waiting]"), "Nothing");
    slot(b, "default");
    assertEquals("Of A, too", field(b, "Title").inputValue());
  }

  /** The answer is lost, so that nobody knows whether it was done: it is, once. */
  private void whatGotNoAnswerIsSentAgain(Page a) {
    slot(a, "default");
    a.route(
        "**/cloud-save/save",
        route -> {
          route.fetch();
          route.abort();
        },
        new Page.RouteOptions().setTimes(1));
    field(a, "Title").fill("{{once.status}}"); // which would be another's status in a batch
    save(a, "It is kept in this browser");
    press(pane(a, "offline"), "Send now");
    until(
        pane(a, "offline").locator("[data-is=verdicts] p"),
        "Settings “default”: Confirmed, version 6");
    slot(a, "default");
    said(a, "saves", "Version 6 of “default” is loaded");
    assertEquals("{{once.status}}", field(a, "Title").inputValue());
  }

  @Test
  void whatWasSavedBeforeSigningInComesAlong() {
    try (BrowserContext carol = chromium.person()) {
      Page page = open(carol, "Laptop");
      until(pane(page, "saves"), "Kept for this browser, until you sign in.");
      assertFalse(pane(page, "saves").getByText("Versions").isVisible(), "devices have none");
      field(page, "Title").fill("Before");
      save(page, "Saved as version 1.");
      String device = (String) page.evaluate("localStorage.getItem('sluice.studio.device')");
      assertEquals(36, device.length());
      signIn(page, "carol@example.com");
      until(pane(page, "saves"), "Kept in your account.");
      press(pane(page, "saves"), "Move 1 save of this browser into my account");
      said(page, "saves", "Moved: “default”.");
      assertFalse(page.getByText("of this browser into").isVisible());
      field(page, "Title").fill("");
      slot(page, "default");
      assertEquals("Before", field(page, "Title").inputValue());
      assertFalse(page.content().contains(device), "who sees it has the device's saves");

      notesAreFoundAndComeOutOfTheBin(page);
      thePasswordOfObsIsShownOnDemand(page);
      press(pane(page, "system"), "Clear rate limits");
      until(pane(page, "system").locator("[role=alert]"), "admin");
      press(page.locator(".account"), "Sign out");
      page.getByLabel("E-mail").waitFor();
      assertEquals(0, carol.cookies().size());
      until(pane(page, "offline").locator("[data-is=state]"), "Sign in first");
    }
  }

  private void notesAreFoundAndComeOutOfTheBin(Page page) {
    note(page, "Sponsors", "Thank the baker.");
    said(page, "notes", "Saved as version 1.");
    press(pane(page, "notes"), "New note");
    note(page, "Raids", "Whom to raid on Friday.");
    said(page, "notes", "Saved as version 1.");
    Locator list = pane(page, "notes").locator("[data-is=list] li");
    until(list, "Raids");
    assertEquals(2, list.count());
    Locator search = pane(page, "notes").locator("[data-is=search]");
    search.getByLabel("Search").fill("baker");
    press(search, "Search");
    page.waitForCondition(() -> list.count() == 1);
    press(list, "Delete “Sponsors”");
    said(page, "notes", "“Sponsors” is in the bin for 30 days.");
    search.getByLabel("In the bin").check();
    press(search, "Search");
    until(list, "Sponsors");
    press(list, "Restore “Sponsors”");
    said(page, "notes", "“Sponsors” is out of the bin.");
    search.getByLabel("In the bin").uncheck();
    press(search, "Search");
    press(list, "Open “Sponsors”");
    said(page, "notes", "is loaded");
    assertEquals("Thank the baker.", pane(page, "notes").locator("[name=content]").inputValue());
  }

  private void thePasswordOfObsIsShownOnDemand(Page page) {
    Locator obs = pane(page, "obs");
    Locator password = obs.getByLabel("Password", new Locator.GetByLabelOptions().setExact(true));
    password.fill("tr0ub4dor");
    press(obs, "Save");
    said(page, "obs", "Kept: 127.0.0.1, port 4455.");
    page.reload();
    page.getByText("Signed in as carol@example.com").waitFor();
    assertEquals("", password.inputValue());
    press(obs, "Load");
    said(page, "obs", "Loaded, as saved on");
    assertEquals("tr0ub4dor", password.inputValue());
    assertEquals("password", password.getAttribute("type"));
    press(obs, "Show password");
    assertEquals("text", password.getAttribute("type"));
    press(obs, "Delete");
    said(page, "obs", "They are kept no more.");
    press(obs, "Load");
    until(obs.locator("[role=alert]"), "no");
    assertEquals("", password.inputValue());
  }

  /** What the page has buttons for, it is asked by them; the rest by a fetch of its own. */
  @Test
  void everyEndpointOfTheSeedIsCalledFromThePage() {
    try (BrowserContext root = chromium.person()) {
      Page page = open(root, "Office");
      Queue<Response> answers = new ConcurrentLinkedQueue<>();
      page.onResponse(answers::add);
      signIn(page, "root@example.com");
      press(pane(page, "clips"), "Show clips");
      said(page, "clips", "The most viewed clips");
      for (String name : List.of("Check health", "Send a test mail", "Clear rate limits")) {
        press(pane(page, "system"), name);
        page.waitForCondition(() -> !text(page, "system").isEmpty());
        pane(page, "system").locator("[data-is=state]").evaluate("e => (e.textContent = '')");
      }
      new Endpoints(page, gateway.token("ninja", "user:read:follows")).call();
      press(page.locator(".account"), "Sign out");
      page.getByLabel("E-mail").waitFor();

      Set<String> called = new TreeSet<>();
      for (Response answer : answers) {
        String name = contract.named(answer.request().method(), PATH.apply(answer.request()));
        if (!Endpoints.SEED.contains(name)) continue;
        called.add(name);
        assertEquals(2, answer.status() / 100, name + ": " + answer.status());
        String id = contract.idOf(name);
        if (id == null) continue; // GET /health, which is beside the contract
        String type = answer.headers().get("content-type");
        String body = answer.status() == 204 ? "" : answer.text();
        assertEquals("", contract.wrong(id, answer.status(), type, body), name);
      }
      assertEquals(Endpoints.SEED, called);
    }
  }
}
