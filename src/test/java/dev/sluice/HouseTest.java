package dev.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;

/** The floors of the house: every arrow points down. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
  private static final String[] FLOORS = {
    "dev.sluice.http..",
    "dev.sluice.app..",
    "dev.sluice.guard..,dev.sluice.job..",
    "dev.sluice.realtime..",
    "dev.sluice.cache..,dev.sluice.webhook..,dev.sluice.push..",
    "dev.sluice.provider..,dev.sluice.upstream..,dev.sluice.identity..,dev.sluice.outward..",
    "dev.sluice.contract..,dev.sluice.store..,dev.sluice.observe..,dev.sluice.websocket..",
    "dev.sluice.call..,dev.sluice.bus..,dev.sluice.conf..,dev.sluice.framing..",
  };

  @ArchTest static final ArchRule arrowsPointDownOnly = floors();

  @ArchTest
  static final ArchRule onlyTheRootPutsTheSandboxInPlace =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sluice.*..")
          .and()
          .resideOutsideOfPackage("dev.sluice.sandbox..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice.sandbox..");

  @ArchTest
  static final ArchRule theSandboxKnowsNothingOfTheGateway =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.sandbox..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.sluice..")
                  .and(DescribedPredicate.not(resideInAPackage("dev.sluice.sandbox.."))));

  @ArchTest
  static final ArchRule nothingKnowsTheRoot =
      noClasses()
          .that()
          .resideInAPackage("dev.sluice.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice");

  @ArchTest
  static final ArchRule appsSeeNoOtherApp =
      slices()
          .matching("dev.sluice.app.(*)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule providersSeeNoOtherProvider =
      slices()
          .matching("dev.sluice.provider.(*)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theRoadsKnowNobodyWhoUsesThem =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sluice.provider", "dev.sluice.app")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sluice.provider.*..", "dev.sluice.app.*..");

  @ArchTest
  static final ArchRule noCycles = slices().matching("dev.sluice.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheDoorServesHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.sluice.http..", "dev.sluice.sandbox..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.vertx.core.http..")
                  .and(
                      simpleNameStartingWith("HttpServer")
                          .or(simpleNameStartingWith("ServerWebSocket")))
                  .or(
                      resideInAPackage("io.vertx.ext.web")
                          .or(resideInAnyPackage("io.vertx.ext.web.handler.."))));

  @ArchTest
  static final ArchRule onlyTheSeamTouchesTheEventBus =
      classes()
          .that()
          .resideOutsideOfPackage("dev.sluice.bus..")
          .should()
          .onlyDependOnClassesThat(DescribedPredicate.not(seam()));

  private static DescribedPredicate<JavaClass> seam() {
    DescribedPredicate<JavaClass> none = DescribedPredicate.alwaysFalse();
    for (Class<?> type :
        new Class<?>[] {EventBus.class, Message.class, MessageCodec.class, DeliveryOptions.class}) {
      none = none.or(JavaClass.Predicates.type(type));
    }
    return none.as("the event bus, its messages and codecs");
  }

  private static ArchRule floors() {
    Architectures.LayeredArchitecture house =
        Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String floor : FLOORS) house = house.optionalLayer(floor).definedBy(floor.split(","));
    for (int i = 0; i < FLOORS.length; i++) {
      String[] above = java.util.Arrays.copyOf(FLOORS, i);
      house =
          above.length == 0
              ? house.whereLayer(FLOORS[i]).mayNotBeAccessedByAnyLayer()
              : house.whereLayer(FLOORS[i]).mayOnlyBeAccessedByLayers(above);
    }
    return house;
  }
}
