package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Address;
import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Streams;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that pass as they come, over HTTP. */
class FlowIT {
  /** Of 4096: the window, and what the kernel holds for two sockets (32 and 4 MiB at most). */
  private static final long IN_FLIGHT = 1000;

  private static final long PATIENCE_MILLIS = 400;

  private static final Vertx vertx = Vertx.vertx();
  private static final Streams app = new Streams();
  private static final HttpClient http1 = vertx.createHttpClient();
  private static final HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));
  private static RunningGateway gateway;
  private static RunningGateway impatient; // with who stands still for a moment, too

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Map.of("SLUICE_APPS", "streams"), "", List.of(app));
    Map<String, String> settings =
        Map.of("SLUICE_APPS", "streams", "SLUICE_SERVER_BODYTIMEOUT", PATIENCE_MILLIS + "ms");
    impatient = new RunningGateway(settings, "", List.of(app));
  }

  @AfterAll
  static void stop() {
    impatient.close();
    gateway.close();
    await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void eventsArriveOneByOne(HttpVersion version) {
    Future<HttpClientResponse> asked = open(version, "/events");
    FlowWriter events = app.writer();
    HttpClientResponse response = await(asked); // before the first event
    assertEquals(200, response.statusCode());
    assertEquals("text/event-stream", response.getHeader("Content-Type"));
    assertEquals("no-store", response.getHeader("Cache-Control"));
    assertNotNull(response.getHeader("X-Request-Id"));
    assertNull(response.getHeader("Content-Length"));
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Promise<Void> end = listen(response, chunk -> seen.add(chunk.toString()));
    for (int i = 0; i < 5; i++) { // the next is made when the one before was seen
      events.write(Buffer.buffer("data: " + i + "\n\n"));
      assertEquals("data: " + i + "\n\n", next(seen));
    }
    events.end();
    await(end.future());
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aSlowClientHoldsTheWriter(HttpVersion version) {
    app.produced.set(0);
    HttpClientResponse response = await(open(version, "/download"));
    AtomicLong bytes = new AtomicLong();
    AtomicLong most = new AtomicLong();
    response.pause();
    Promise<Void> end =
        listen(
            response,
            chunk -> {
              long taken = bytes.addAndGet(chunk.length()) / Streams.CHUNK;
              most.accumulateAndGet(app.produced.get() - taken, Math::max);
            });
    Await.until("it is under way", () -> app.produced.get() >= 16);
    response.resume();
    await(end.future());
    assertEquals((long) Streams.CHUNKS * Streams.CHUNK, bytes.get());
    assertTrue(most.get() < IN_FLIGHT, most + " chunks in flight");
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aSlowHandlerHoldsTheClient(HttpVersion version) {
    app.read.set(0);
    Promise<Void> go = Promise.promise();
    app.mayRead = go.future();
    HttpClientRequest request = await(request(version, HttpMethod.POST, "/upload"));
    request.putHeader("Content-Type", "application/octet-stream").setChunked(true);
    Future<Buffer> answer = request.response().compose(HttpClientResponse::body);
    AtomicLong sent = new AtomicLong();
    AtomicLong most = new AtomicLong();
    Buffer chunk = Buffer.buffer(new byte[Streams.CHUNK]);
    request.setWriteQueueMaxSize(Streams.CHUNK);
    Runnable send =
        () -> {
          while (!request.writeQueueFull() && sent.get() < Streams.CHUNKS) {
            request.write(chunk);
            long taken = app.read.get() / Streams.CHUNK;
            most.accumulateAndGet(sent.incrementAndGet() - taken, Math::max);
          }
          if (sent.get() == Streams.CHUNKS) request.end();
        };
    request.drainHandler(v -> send.run());
    vertx.runOnContext(v -> send.run());
    Await.until("the handler has begun, and waits", () -> app.read.get() > 0);
    Await.until("and the client must", () -> sent.get() >= 16 && request.writeQueueFull());
    go.complete();
    long all = (long) Streams.CHUNKS * Streams.CHUNK;
    assertEquals(all, await(answer).toJsonObject().getLong("bytes"));
    assertTrue(most.get() < IN_FLIGHT, most + " chunks in flight");
    app.mayRead = Future.succeededFuture();
  }

  /** Others of its connection have all that the client may send before one of them is read on. */
  @Test
  void aBodyThatMayNotComeIsNotLate() {
    Promise<Void> go = Promise.promise();
    app.mayRead = go.future();
    List<Future<Buffer>> answers = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      if (i == 5) await(vertx.timer(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS)); // to get stuck
      HttpClientRequest request = await(upload(impatient, HttpVersion.HTTP_2));
      request.putHeader("Content-Type", "application/octet-stream");
      answers.add(request.response().compose(HttpClientResponse::body));
      request.end(Buffer.buffer(new byte[1 << 20]));
    }
    await(vertx.timer(3 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    go.complete();
    for (Future<Buffer> answer : answers) {
      assertEquals(1 << 20, await(answer).toJsonObject().getLong("bytes"));
    }
    app.mayRead = Future.succeededFuture();
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void aClientThatLeavesEndsTheWriter(HttpVersion version) {
    Future<HttpClientResponse> asked = open(version, "/events");
    FlowWriter events = app.writer();
    HttpClientResponse response = await(asked);
    response.exceptionHandler(e -> {});
    response.request().reset();
    assertEquals("CANCELLED", Await.failure(events.ended()).code());
  }

  @Test
  void whoMayFinishDoes() {
    Future<HttpClientResponse> asked = open(HttpVersion.HTTP_1_1, "/finished");
    FlowWriter events = app.writer();
    HttpClientResponse response = await(asked);
    response.exceptionHandler(e -> {});
    Promise<Void> closed = Promise.promise();
    response.request().connection().closeHandler(v -> closed.complete());
    response.request().reset();
    await(closed.future());
    for (int i = 0; i < 100; i++) events.write(Buffer.buffer("data\n\n"));
    await(events.end());
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void anErrorInTheMiddleIsNeverACleanEnd(HttpVersion version) {
    Future<HttpClientResponse> asked = open(version, "/events");
    FlowWriter events = app.writer();
    HttpClientResponse response = await(asked);
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Promise<Void> end = listen(response, chunk -> seen.add(chunk.toString()));
    events.write(Buffer.buffer("half"));
    assertEquals("half", next(seen));
    events.fail(Failure.notFound("GONE", "Gone."));
    Promise<Void> broken = Promise.promise();
    end.future().onSuccess(v -> broken.fail("a clean end")).onFailure(e -> broken.complete());
    await(broken.future());
  }

  @Test
  void anErrorBeforeAllIsAnErrorLikeAnyOther() {
    HttpResponse<Buffer> answer = gateway.get("/failed", "Accept-Encoding", "gzip");
    assertEquals(404, answer.statusCode());
    assertEquals("GONE", error(answer).getString("code"));
    assertNull(answer.getHeader("Transfer-Encoding"));
  }

  @Test
  void aDeclaredLengthIsKept() {
    Future<HttpResponse<Buffer>> asked = gateway.sendAsync(HttpMethod.GET, "/sized?length=4", null);
    app.writer().end(Buffer.buffer("four"));
    HttpResponse<Buffer> answer = await(asked);
    assertEquals("4", answer.getHeader("Content-Length"));
    assertEquals("four", answer.bodyAsString());
    for (String other : List.of("three and more", "tw")) {
      Future<HttpResponse<Buffer>> wrong =
          gateway.sendAsync(HttpMethod.GET, "/sized?length=4", null);
      app.writer().end(Buffer.buffer(other));
      boolean whole =
          await(wrong.map(a -> a.statusCode() == 200).recover(e -> Future.succeededFuture(false)));
      assertFalse(whole, other);
    }
  }

  @Test
  void aBodyThatStreamsIsNotCompressedNorTagged() {
    Future<HttpResponse<Buffer>> asked =
        gateway.sendAsync(HttpMethod.GET, "/events", null, "Accept-Encoding", "gzip");
    app.writer().end(Buffer.buffer("data: x\n\n".repeat(1000)));
    HttpResponse<Buffer> answer = await(asked);
    assertNull(answer.getHeader("Content-Encoding"));
    assertNull(answer.getHeader("ETag"));
    assertEquals(9000, answer.body().length());
  }

  @Test
  void headHasNoBodyAndEndsTheWriter() {
    Future<HttpResponse<Buffer>> asked =
        gateway.sendAsync(HttpMethod.HEAD, "/sized?length=4", null);
    FlowWriter writer = app.writer();
    HttpResponse<Buffer> answer = await(asked);
    assertEquals(200, answer.statusCode());
    assertEquals("4", answer.getHeader("Content-Length"));
    assertEquals("CANCELLED", Await.failure(writer.ended()).code());
  }

  @Test
  void toHttp10TheEndOfTheConnectionIsTheEnd() {
    Promise<String> all = Promise.promise();
    Buffer seen = Buffer.buffer();
    vertx
        .createNetClient()
        .connect(gateway.port(), "127.0.0.1")
        .onSuccess(
            socket -> {
              socket.handler(seen::appendBuffer);
              socket.closeHandler(closed -> all.complete(seen.toString()));
              socket.write("GET /events HTTP/1.0\r\nHost: a\r\n\r\n");
            });
    FlowWriter writer = app.writer();
    writer.write(Buffer.buffer("one "));
    writer.end(Buffer.buffer("two"));
    String answer = await(all.future());
    assertTrue(answer.endsWith("\r\n\r\none two"), answer);
    assertFalse(answer.toLowerCase().contains("transfer-encoding"), answer);
  }

  @Test
  void aStreamThatThePolicyDoesNotHaveIsOurError() {
    Future<HttpResponse<Buffer>> asked = gateway.sendAsync(HttpMethod.GET, "/undeclared", null);
    FlowWriter writer = app.writer();
    assertEquals(500, await(asked).statusCode());
    assertEquals("CANCELLED", Await.failure(writer.ended()).code());
  }

  @Test
  void aBodyGoesInAndOutAgain() {
    String type = "multipart/form-data; boundary=\"x y\"";
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.POST, "/echo", Buffer.buffer("abc"), "Content-Type", type);
    assertEquals("abc", answer.bodyAsString());
    assertEquals(type, answer.getHeader("Content-Type"));
    assertEquals(200, gateway.send(HttpMethod.POST, "/echo", null).statusCode());
    Buffer text = Buffer.buffer("a");
    assertEquals(
        415,
        gateway.send(HttpMethod.POST, "/echo", text, "Content-Type", "text/plain").statusCode());
    assertEquals(400, gateway.send(HttpMethod.POST, "/upload", null).statusCode());
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void tooMuchIsRefusedWhileItComes(HttpVersion version) {
    HttpClientRequest request = await(request(version, HttpMethod.POST, "/upload"));
    request.putHeader("Content-Type", "application/octet-stream");
    request.putHeader("Content-Length", "" + (301L << 20));
    request.exceptionHandler(e -> {});
    Future<Integer> refused = request.response().map(HttpClientResponse::statusCode);
    request.sendHead();
    assertEquals(413, await(refused));
    HttpClientRequest chunked = await(request(version, HttpMethod.POST, "/echo"));
    chunked.putHeader("Content-Type", "application/octet-stream").setChunked(true);
    chunked.exceptionHandler(e -> {});
    chunked.response().onFailure(e -> {});
    chunked.write(Buffer.buffer("x".repeat(1000)));
    HttpClientResponse begun = await(chunked.response().map(FlowIT::paused));
    Promise<Void> end = listen(begun, chunk -> {});
    chunked.write(Buffer.buffer("x".repeat(100)));
    assertTrue(await(end.future().map(false).recover(e -> Future.succeededFuture(true))));
  }

  @Test
  void theClientIsAskedToGoOnWhenTheHandlerReads() {
    HttpClientRequest request = await(request(HttpVersion.HTTP_1_1, HttpMethod.POST, "/upload"));
    request.putHeader("Content-Type", "application/x-ndjson").putHeader("Expect", "100-continue");
    request.setChunked(true);
    Promise<Void> go = Promise.promise();
    request.continueHandler(v -> go.complete());
    Future<Buffer> answer = request.response().compose(HttpClientResponse::body);
    request.sendHead();
    await(go.future());
    request.end("{}\n");
    assertEquals(3, await(answer).toJsonObject().getInteger("bytes"));
    HttpClientRequest refused = await(request(HttpVersion.HTTP_1_1, HttpMethod.POST, "/upload?no"));
    refused.putHeader("Content-Type", "application/x-ndjson").putHeader("Expect", "100-continue");
    refused.setChunked(true);
    AtomicLong asked = new AtomicLong();
    refused.continueHandler(v -> asked.incrementAndGet());
    refused.exceptionHandler(e -> {});
    Future<HttpClientResponse> refusal = refused.response();
    refused.sendHead();
    assertEquals(400, await(refusal).statusCode());
    assertEquals(0, asked.get());
  }

  @Test
  void aBodyThatStallsIsNotWaitedFor() {
    app.forgetUploads();
    HttpClientRequest request = await(upload(impatient, HttpVersion.HTTP_1_1));
    request.putHeader("Content-Type", "application/x-ndjson").setChunked(true);
    Future<HttpClientResponse> answer = request.response();
    request.write("{}\n");
    assertEquals(408, await(answer).statusCode());
    assertEquals("REQUEST_TIMEOUT", app.uploadFailure().code());
  }

  @Test
  void aBodyThatBreaksOffIsNeverAWholeOne() {
    app.forgetUploads();
    app.read.set(0);
    HttpClientRequest request = await(request(HttpVersion.HTTP_1_1, HttpMethod.POST, "/upload"));
    request.putHeader("Content-Type", "application/octet-stream").setChunked(true);
    request.exceptionHandler(e -> {});
    request.response().onFailure(e -> {});
    request.write("abc");
    Await.until("it is being read", () -> app.read.get() == 3);
    request.reset();
    assertEquals("VALIDATION_ERROR", app.uploadFailure().code());
  }

  @Test
  void siblingsGetTheStreamAndJsonCallersAreToldWhyNot() {
    Vertx inside = gateway.gateway().vertx();
    Address<Call, Reply> door = Address.shared("op.events", Call.class, Reply.class);
    Call call = Call.of("events", Map.of(), Deadline.inMillis(20_000));
    Future<Reply> asked = door.ask(inside, call, call.deadline());
    app.writer().end(Buffer.buffer("hello"));
    Body body = await(asked).body();
    assertEquals("text/event-stream", body.type());
    Promise<String> read = Promise.promise();
    ReadStream<Buffer> reader = Flows.read(inside, body);
    Buffer all = Buffer.buffer();
    reader.endHandler(end -> read.complete(all.toString()));
    reader.handler(all::appendBuffer);
    assertEquals("hello", await(read.future()));
    Throwable refused =
        await(
            inside
                .eventBus()
                .request("op.events", new JsonObject())
                .<Throwable>map(m -> null)
                .recover(Future::succeededFuture));
    assertTrue(((ReplyException) refused).getMessage().startsWith("STREAMED: events"));
  }

  private static Future<HttpClientRequest> request(HttpVersion v, HttpMethod method, String uri) {
    return client(v).request(method, gateway.port(), "127.0.0.1", uri);
  }

  private static Future<HttpClientRequest> upload(RunningGateway to, HttpVersion v) {
    return client(v).request(HttpMethod.POST, to.port(), "127.0.0.1", "/upload");
  }

  private static HttpClient client(HttpVersion v) {
    return v == HttpVersion.HTTP_2 ? http2 : http1;
  }

  private static Future<HttpClientResponse> open(HttpVersion version, String uri) {
    return request(version, HttpMethod.GET, uri)
        .compose(request -> request.send().map(FlowIT::paused)); // before any of it comes
  }

  private static HttpClientResponse paused(HttpClientResponse response) {
    return response.pause();
  }

  private static Promise<Void> listen(
      HttpClientResponse response, java.util.function.Consumer<Buffer> chunks) {
    Promise<Void> end = Promise.promise();
    response.exceptionHandler(end::tryFail);
    response.endHandler(v -> end.tryComplete());
    response.handler(chunks::accept);
    response.resume();
    return end;
  }

  private static String next(LinkedBlockingQueue<String> queue) {
    try {
      return queue.poll(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
