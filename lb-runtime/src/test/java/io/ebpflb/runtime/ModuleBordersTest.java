package io.ebpflb.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Each foreign library lives in one package, and packages depend on each other one way. */
@AnalyzeClasses(packages = "io.ebpflb", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleBordersTest {
  @ArchTest
  static final ArchRule THE_API_NEEDS_NOTHING_BUT_JAVA =
      noClasses()
          .that()
          .resideInAPackage("io.ebpflb.api..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("io.ebpflb.api..", "java..");

  @ArchTest static final ArchRule JNA_IN_THE_DATA_PLANE = only("com.sun.jna..", "dataplane");

  @ArchTest static final ArchRule NETTY_IN_ADMIN_AND_NET = only("io.netty..", "admin", "net");

  @ArchTest static final ArchRule PF4J_IN_PLUGIN = only("org.pf4j..", "plugin");

  @ArchTest static final ArchRule TOML4J_IN_CONFIG = only("com.moandjiezana.toml..", "config");

  @ArchTest
  static final ArchRule PROMETHEUS_IN_METRICS_AND_ITS_ENDPOINT =
      only("io.prometheus..", "metrics", "admin");

  @ArchTest static final ArchRule PICOCLI_IN_CLI = only("picocli..", "cli");

  @ArchTest static final ArchRule LOGBACK_IN_CLI = only("ch.qos.logback..", "cli");

  /** What decides knows nothing of those who look at it. */
  @ArchTest
  static final ArchRule INNER_PARTS_DO_NOT_KNOW_OUTER_ONES =
      noClasses()
          .that()
          .resideInAnyPackage(runtime("config"), runtime("dataplane"), runtime("service"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              runtime("admin"),
              runtime("cli"),
              runtime("demo"),
              runtime("bench"),
              runtime("metrics"));

  @ArchTest
  static final ArchRule NO_CYCLES_BETWEEN_PACKAGES =
      slices().matching("io.ebpflb.runtime.(*)..").should().beFreeOfCycles();

  private static ArchRule only(String library, String... packages) {
    String[] allowed = new String[packages.length];
    for (int i = 0; i < packages.length; i++) {
      allowed[i] = runtime(packages[i]);
    }
    return noClasses()
        .that()
        .resideOutsideOfPackages(allowed)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true);
  }

  private static String runtime(String area) {
    return "io.ebpflb.runtime." + area + "..";
  }
}
