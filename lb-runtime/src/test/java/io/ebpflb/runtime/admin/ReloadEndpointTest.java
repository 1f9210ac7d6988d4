package io.ebpflb.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReloadEndpointTest {

  private static final String TOML = "application/toml";

  private final AdminFixture admin = new AdminFixture();

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void aReloadRunsOnTheThreadOfChanges() throws IOException {
    assertThat(admin.request("POST", "/api/v1/reload", "").status()).isEqualTo(200);
    assertThat(admin.reload.thread).startsWith("admin-change-");
  }

  @Test
  void allProblemsOfARefusedConfigAreTold() throws IOException {
    admin.reload.file = SampleReload.WRONG;
    RawClient.Response response = admin.request("POST", "/api/v1/reload", "");
    assertThat(response.status()).isEqualTo(422);
    assertThat(response.body())
        .contains("\"2 problems in /etc/lb.toml; nothing was changed\"", "     1 | wrong");
    assertThat(admin.get("/api/v1/reload").body()).contains("\"outcome\":\"refused\"");
  }

  @Test
  void nobodyReloadsWithoutTheRole() throws IOException {
    try (RawClient client = admin.tcp()) {
      assertThat(
              client
                  .send("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .response()
                  .status())
          .isEqualTo(401);
    }
    assertThat(admin.reload.thread).isEmpty();
  }

  @Test
  void aConfigIsSentAsToml() throws IOException {
    String path = "/api/v1/config/diff";
    assertThat(admin.request("POST", path, "application/json", "{}").status()).isEqualTo(415);
    assertThat(admin.request("POST", path, TOML, SampleReload.IN_FORCE).body())
        .isEqualTo("{\"services\":[],\"plugins\":[],\"tables\":[]}\n");
    assertThat(admin.request("POST", path, TOML, SampleReload.WRONG).status()).isEqualTo(422);
  }
}
