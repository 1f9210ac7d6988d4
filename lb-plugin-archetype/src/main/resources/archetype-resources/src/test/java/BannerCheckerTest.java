package ${package};

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.PluginContext;
import io.ebpflb.testing.HealthCheckerContract;
import io.ebpflb.testing.TestingContext;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What holds for every health checker comes from the contract; the rest is here. */
class BannerCheckerTest extends HealthCheckerContract {

  @Override
  protected HealthChecker checker(PluginContext context) {
    return new BannerChecker(context.network(), new BannerSettings("220 "));
  }

  @Override
  protected String healthyReply() {
    return "220 mail.example.com ready";
  }

  @Test
  void anotherGreetingFails() {
    TestingContext context = new TestingContext();
    context.network().answer(exchange -> exchange.reply("554 not now"));
    Backend backend = Backend.of("mail", InetAddress.getLoopbackAddress(), 25);

    CheckResult result = checker(context).check(backend, Duration.ofSeconds(1)).join();

    assertFalse(result.isPassed());
  }

  @Test
  void expectingNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new BannerSettings(""));
  }
}
