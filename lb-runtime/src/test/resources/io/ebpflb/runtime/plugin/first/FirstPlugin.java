package first;

import io.ebpflb.api.Agent;
import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Default;
import io.ebpflb.api.DnsAnswer;
import io.ebpflb.api.DnsQuery;
import io.ebpflb.api.DnsRecord;
import io.ebpflb.api.Doc;
import io.ebpflb.api.Endpoints;
import io.ebpflb.api.Event;
import io.ebpflb.api.Exchange;
import io.ebpflb.api.Extension;
import io.ebpflb.api.HealthChecker;
import io.ebpflb.api.KeptState;
import io.ebpflb.api.LbPlugin;
import io.ebpflb.api.Metrics;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.PluginContext;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.Range;
import io.ebpflb.api.Resolution;
import io.ebpflb.api.Role;
import io.ebpflb.api.Secret;
import io.ebpflb.api.ServiceFeature;
import io.ebpflb.api.ServiceIntent;
import io.ebpflb.api.ServiceView;
import io.ebpflb.api.TargetResolver;
import io.ebpflb.api.WeightModifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Uses everything that the first version of the API has. */
public final class FirstPlugin implements LbPlugin {
  public record Settings(
      @Doc("a word") @Default("hello") String word,
      @Doc("another, not to be shown") @Secret Optional<String> secret) {}

  public record Check(
      @Doc("what is sent") String say,
      @Doc("bytes that are read at most") @Default("100") @Range(min = "1", max = "1000") int bytes) {}

  public record Share(@Doc("factor of each backend") @Default("0.5") double factor) {}

  public record Target(@Doc("what it resolves to") List<String> endpoints) {}

  public record Say(@Doc("to whom") String name) {}

  @Override
  public Class<? extends Record> config() {
    return Settings.class;
  }

  @Override
  public List<Extension<?>> extensions() {
    return List.of(
        Extension.healthChecker("first-check", Check.class, FirstPlugin::checker),
        Extension.targetResolver("first-targets", Target.class, FirstPlugin::resolver),
        Extension.weightModifier("first-share", Share.class, FirstPlugin::modifier),
        Extension.serviceFeature("first-feature", NoConfig.class, FirstPlugin::feature),
        Extension.agent("first-agent", Settings.class, FirstAgent::new));
  }

  private static HealthChecker checker(Check settings, PluginContext context) {
    return new HealthChecker() {
      @Override
      public CompletableFuture<CheckResult> check(Backend backend, Duration timeout) {
        InetSocketAddress peer = new InetSocketAddress(backend.address(), backend.port());
        byte[] said = settings.say().getBytes(StandardCharsets.UTF_8);
        Exchange exchange =
            Exchange.connect(peer, timeout)
                .withRequest(said, bytes -> bytes.length >= said.length)
                .withReplyBytesMax(settings.bytes());
        return context
            .network()
            .exchange(exchange)
            .thenApply(
                reply ->
                    new String(reply.bytes(), StandardCharsets.UTF_8).equals(settings.say())
                        ? CheckResult.passed(backend.endpoint() + " echoes " + settings.say())
                        : CheckResult.failed("another answer after " + reply.latency()));
      }
    };
  }

  private static TargetResolver resolver(Target settings, PluginContext context) {
    return () ->
        CompletableFuture.completedFuture(
            settings.endpoints().isEmpty()
                ? Resolution.none(Duration.ofSeconds(1))
                : Resolution.of(
                    settings.endpoints().stream()
                        .map(Endpoints::parse)
                        .map(each -> new Resolution.Entry(each.getAddress(), each.getPort(), 1))
                        .toList(),
                    Resolution.FOREVER));
  }

  private static WeightModifier modifier(Share settings, PluginContext context) {
    return group -> group.stream().mapToDouble(view -> factor(settings, view)).toArray();
  }

  private static double factor(Share settings, BackendView view) {
    boolean isUsed = view.isReady() && view.isHealthy() && view.configuredWeight() > 0;
    long flows =
        view.activeFlows()
            + view.openedFlows()
            + view.answeredFlows()
            + view.refusedConnections()
            + view.unansweredConnections();
    return isUsed && flows >= 0 ? settings.factor() : 0;
  }

  private static ServiceFeature feature(NoConfig none, PluginContext context) {
    return new ServiceFeature() {
      @Override
      public List<ServiceIntent> intents(ServiceView service) {
        boolean isShort = service.protocol() == Protocol.UDP && service.backends().isEmpty();
        return List.of(ServiceIntent.idleTimeout(Duration.ofSeconds(isShort ? 5 : 60)));
      }
    };
  }

  private static final class FirstAgent implements Agent {
    private final Settings settings;
    private final PluginContext context;
    private final Metrics.Counter seen;
    private final Metrics.Gauge level;
    private final Metrics.Histogram spans;
    private final PluginContext.Registration looking;

    private FirstAgent(Settings settings, PluginContext context) {
      this.settings = settings;
      this.context = context;
      seen = context.metrics().counter("seen_total", "Events seen", "kind");
      level = context.metrics().gauge("level", "A level");
      spans = context.metrics().histogram("span_seconds", "Spans");
      context.on(Event.class, this::see);
      context.operation("say", Say.class, Role.OPERATOR, this::say);
      context.operation("resolve", Say.class, Role.VIEWER, this::resolve);
      looking = context.every(Duration.ofMillis(50), this::look);
    }

    private void look() {
      context.logger().log(System.Logger.Level.DEBUG, "looked at {0}", context.clock().instant());
      level.set(1);
      spans.observe(0.25);
      context.announce("looked-around", "nothing", "found nothing");
      context.replan();
      context.refresh();
      looking.close();
    }

    private void see(Event event) {
      seen.add(1, event instanceof Event.OfBackend ofOne ? ofOne.backend().service() : "other");
    }

    private OperationResult say(Say args) {
      int version = context.state().load().map(KeptState.Kept::version).orElse(0) + 1;
      context.state().save(new KeptState.Kept(version, args.name()));
      Settings same = context.config(Settings.class);
      return OperationResult.done(same.word() + " " + args.name() + ", time " + version);
    }

    private OperationResult resolve(Say args) {
      CompletableFuture<DnsAnswer> answer =
          context
              .network()
              .query(
                  new DnsQuery(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                      args.name(),
                      DnsQuery.A,
                      Duration.ofSeconds(1)));
      answer.thenAccept(
          found -> {
            for (DnsRecord record : found.records()) {
              level.set(record.ttlSeconds());
            }
          });
      return OperationResult.table("name", "secret").row(args.name(), settings.secret().isPresent());
    }

    @Override
    public void close() {
      level.remove();
    }
  }
}
