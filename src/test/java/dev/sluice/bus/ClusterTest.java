package dev.sluice.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Flow;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clustering is a deployment choice: two nodes on loopback, asking each other. */
class ClusterTest {
  private static final Address<Call, Reply> DOOR = Address.shared("a", Call.class, Reply.class);
  private static final List<Vertx> NODES = new ArrayList<>();
  private static Vertx here;
  private static Vertx there;
  private static Vertx stranger;
  private static Call received;

  @BeforeAll
  static void startThreeNodes() {
    here = node(43701);
    there = node(43702);
    stranger = node(43703); // registers no codec
    RecordCodec.register(here);
    RecordCodec.register(there);
    Await.result(
        DOOR.serveJsonToo(
                there,
                json -> Call.of("json", json.getMap(), Deadline.inMillis(10_000)),
                Reply::jsonBody,
                ClusterTest::answer)
            .completion());
  }

  @AfterAll
  static void stop() {
    NODES.forEach(node -> Await.result(node.close()));
  }

  @Test
  void aCallAskedOnOneNodeIsAnsweredOnTheOther() {
    Call call = Call.of("ok", Map.of("channel", "ninja", "limit", 5), Deadline.inMillis(20_000));
    Reply reply = Await.result(DOOR.ask(here, call, call.deadline()));
    assertEquals("ninja", reply.jsonBody().getString("channel"));
    assertEquals(List.of("link", "<a>", "link", "<b>"), reply.headers().flat());
    assertNotSame(call, received);
    assertEquals(call.id(), received.id());
    assertEquals(5L, received.params().values().get("limit"));
    assertTrue(received.deadline().remainingMillis() <= 20_000);
  }

  @Test
  void aFailureKeepsItsKindAcrossNodes() {
    Call call = Call.of("fail", Map.of(), Deadline.inMillis(20_000));
    Failure failure = Await.failure(DOOR.ask(here, call, call.deadline()));
    assertEquals("CLIP_NOT_FOUND", failure.code());
    assertEquals(404, failure.status());
    assertEquals(Map.of("clip", "x"), failure.facts().details());
    assertEquals(3L, failure.facts().after());
  }

  @Test
  void aThrowOnTheOtherNodeTellsNothing() {
    Call call = Call.of("throw", Map.of(), Deadline.inMillis(20_000));
    Failure failure = Await.failure(DOOR.ask(here, call, call.deadline()));
    assertEquals("INTERNAL_ERROR", failure.code());
    assertTrue(!failure.getMessage().contains("secret"), failure.getMessage());
  }

  @Test
  void aLocalAddressIsNotAnsweredByAnotherNode() {
    Address<Call, Reply> local = Address.local("mine", Call.class, Reply.class);
    Await.result(local.serve(there, ClusterTest::answer).completion());
    Call call = Call.of("ok", Map.of("channel", "a"), Deadline.inMillis(5000));
    Failure failure = Await.failure(local.ask(here, call, call.deadline()));
    assertEquals("SERVICE_UNAVAILABLE", failure.code());
  }

  @Test
  void aNodeThatKnowsNoneOfOurRecordsIsAnsweredInJson() {
    JsonObject answer =
        Await.result(
            stranger
                .eventBus()
                .<JsonObject>request("a", new JsonObject().put("channel", "xqc"))
                .map(message -> message.body()));
    assertEquals("xqc", answer.getString("channel"));
  }

  @Test
  void aNodeThatKnowsNoneOfOurRecordsIsToldOfARefusal() {
    Throwable refused =
        Await.result(
            stranger
                .eventBus()
                .request("a", new JsonObject().put("fail", true))
                .<Throwable>map(m -> null)
                .recover(Future::succeededFuture));
    ReplyException told = assertInstanceOf(ReplyException.class, refused);
    assertEquals(404, told.failureCode(), told.getMessage());
    assertTrue(told.getMessage().contains("CLIP_NOT_FOUND"), told.getMessage());
  }

  @Test
  void aStreamCrossesNodesWithItsCredits() {
    FlowWriter writer = Flows.open(there);
    Flow flow = Await.result(writer.ready());
    FlowReader reader = Flows.read(here, flow);
    reader.pause();
    Buffer got = Buffer.buffer();
    Promise<Void> end = Promise.promise();
    reader.exceptionHandler(end::fail).endHandler(v -> end.complete());
    reader.handler(got::appendBuffer);
    Buffer sent = Buffer.buffer();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[random.nextInt(150_000)];
      random.nextBytes(bytes);
      sent.appendBytes(bytes);
      writer.write(Buffer.buffer(bytes));
    }
    assertTrue(writer.writeQueueFull());
    Future<Void> all = writer.end();
    reader.resume();
    Await.result(end.future());
    Await.result(all);
    assertEquals(sent, got);
  }

  @Test
  void aStreamsFailureAndItsCancellationCrossNodes() {
    FlowWriter writer = Flows.open(there);
    Promise<Void> end = Promise.promise();
    FlowReader reader = Flows.read(here, Await.result(writer.ready()));
    reader.exceptionHandler(end::fail);
    reader.handler(chunk -> writer.fail(Failure.notFound("GONE", "x").detail("clip", "y")));
    writer.write(Buffer.buffer("a"));
    Failure failure = Await.failure(end.future());
    assertEquals("GONE", failure.code());
    assertEquals("y", failure.facts().details().get("clip"));
    FlowWriter other = Flows.open(there);
    FlowReader leaver = Flows.read(here, Await.result(other.ready()));
    leaver.handler(chunk -> leaver.cancel());
    other.write(Buffer.buffer("a"));
    assertEquals("CANCELLED", Await.failure(other.ended()).code());
  }

  @Test
  void aStreamInAReplyIsReadOnTheOtherNode() {
    Call call = Call.of("stream", Map.of(), Deadline.inMillis(20_000));
    Body body = Await.result(DOOR.ask(here, call, call.deadline())).body();
    assertEquals("text/event-stream", body.type());
    Buffer got = Buffer.buffer();
    Promise<Void> end = Promise.promise();
    FlowReader reader = Flows.read(here, body);
    reader.endHandler(v -> end.complete());
    reader.handler(got::appendBuffer);
    Await.result(end.future());
    assertEquals("from there", got.toString());
  }

  private static Future<Reply> answer(Call call) {
    received = call;
    if (call.operation().equals("stream")) {
      FlowWriter writer = Flows.open(there);
      writer.end(Buffer.buffer("from there"));
      return writer.reply("text/event-stream");
    }
    if (call.operation().equals("throw")) throw new IllegalStateException("secret");
    if (call.operation().equals("fail") || call.params().has("fail")) {
      return Future.failedFuture(
          Failure.notFound("CLIP_NOT_FOUND", "There is no such clip.")
              .detail("clip", "x")
              .retryAfter(Duration.ofSeconds(3)));
    }
    return Future.succeededFuture(
        Reply.json(Map.of("channel", call.params().text("channel")))
            .with("link", "<a>")
            .with("link", "<b>"));
  }

  private static Vertx node(int port) {
    Config config = ConfigUtil.loadConfig();
    config.setClusterName("sluice-test");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.max.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "2");
    config.setProperty("hazelcast.socket.bind.any", "false");
    NetworkConfig network = config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig()
        .setEnabled(true)
        .setMembers(List.of("127.0.0.1:43701", "127.0.0.1:43702", "127.0.0.1:43703"));
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
    options.getEventBusOptions().setHost("127.0.0.1");
    Vertx node =
        Await.result(
            Vertx.builder()
                .with(options)
                .withClusterManager(new HazelcastClusterManager(config))
                .buildClustered());
    NODES.add(node);
    return node;
  }
}
