package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.admin.AdminFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PluginCommandsTest {
  private final AdminFixture admin = new AdminFixture();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    admin.close();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("plugin"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--socket", admin.socket.toString()));
    return CommandLineTool.run(
        new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
  }

  @Test
  void infoShowsStateUsersAndSettings() {
    assertThat(run("info", "dns")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            dns 1.0.0: started
              provider   us
              file       dns.jar
              needs API  >=0.1.0
              offers     target resolver "dns"
              used by    web
              failures   7

            OF            KEY       EXPECTED        DEFAULT
            [plugin.dns]  attempts  a whole number  3        how often
            """);
  }

  @Test
  void aPluginIsDisabledOnlyByForceWhileItIsUsed() {
    assertThat(run("disable", "dns")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("plugin \"dns\" is used by the services web");
    assertThat(admin.plugins.isDisabled).isFalse();

    assertThat(run("disable", "dns", "--force")).isZero();
    assertThat(out.toString())
        .isEqualTo("dns 1.0.0: disabled\n  reason     disabled by an operator\n");
    assertThat(admin.plugins.isDisabled).isTrue();

    assertThat(run("enable", "dns")).isZero();
    assertThat(admin.plugins.isDisabled).isFalse();
  }

  @Test
  void aReloadSaysWhatRunsNowOrWhatRefused() {
    assertThat(run("reload", "dns")).isZero();
    assertThat(out.toString()).isEqualTo("dns 1.0.0: started\n");
    assertThat(admin.plugins.done).containsExactly("reload dns");

    assertThat(run("reload", "none")).isNotZero();
    assertThat(err.toString()).contains("no plugin \"none\" is loaded");
  }
}
