package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.api.Protocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole config file, bound and validated: what the operator wants, as immutable values.
 *
 * @param boundPlugins {@code [plugin.ID]} by plugin id, one for each loaded plugin
 */
public record Configuration(
    Path file,
    DataPlaneSettings dataplane,
    AdminSettings admin,
    MetricsSettings metrics,
    ReloadSettings reload,
    PluginsSettings plugins,
    List<Service> services,
    Map<String, Bound<?>> boundPlugins) {

  public Configuration {
    services = List.copyOf(services);
    boundPlugins = Map.copyOf(boundPlugins);
  }

  /** The records of {@code [plugin.ID]} by plugin id. */
  public Map<String, Record> pluginSettings() {
    return boundPlugins.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().record()));
  }

  /** Where programs attach. */
  public enum Hook {
    AUTO,
    XDP,
    XDP_GENERIC,
    TC
  }

  /**
   * @param interfaces names, at least one
   * @param flowsMax capacity of the established tier, in IPv4 flows (an IPv6 flow counts as two)
   * @param flowEvents whether flow start and end events are sent
   */
  public record DataPlaneSettings(
      List<String> interfaces,
      Hook hook,
      int flowsMax,
      int backendsMax,
      int servicesMax,
      int sourceRoutesMax,
      int tableSlotsMax,
      Duration establishedTimeout,
      Duration halfOpenTimeout,
      Duration closingTimeout,
      Duration udpTimeout,
      boolean flowEvents) {
    public DataPlaneSettings {
      interfaces = List.copyOf(interfaces);
    }
  }

  /**
   * @param listen the TCP endpoint, if asked for
   * @param socket path of the unix socket that is always there
   * @param state the file that keeps what operators said of backends
   * @param tokens of the TCP endpoint; one that others can reach has some, and TLS, else this is an
   *     IllegalArgumentException
   * @param tlsCertificate the chain in PEM; there if the key is
   * @param auditLog empty: the log
   */
  public record AdminSettings(
      Optional<InetSocketAddress> listen,
      Path socket,
      Path state,
      List<Token> tokens,
      Optional<Path> tlsCertificate,
      Optional<Path> tlsKey,
      Optional<Path> auditLog) {
    public AdminSettings {
      tokens = List.copyOf(tokens);
      boolean isGuarded = !tokens.isEmpty() && tlsCertificate.isPresent() && tlsKey.isPresent();
      if (!isGuarded && listen.isPresent() && !listen.get().getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(listen.get() + " without token and TLS");
      }
    }

    /** With no more than there has to be. */
    public static AdminSettings of(Optional<InetSocketAddress> listen, Path socket, Path state) {
      return new AdminSettings(
          listen, socket, state, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** Where the value of a token is: in a file, or in an environment variable. */
  public record Token(String name, Role role, Optional<Path> file, Optional<String> environment) {}

  /**
   * @param path URL path of the metrics on the admin endpoint
   */
  public record MetricsSettings(String path) {}

  /**
   * @param watch whether a change of the file is applied by itself
   */
  public record ReloadSettings(boolean watch) {}

  /**
   * @param onRemoval of a plugin's JAR while a service uses the plugin
   */
  public record PluginsSettings(OnRemoval onRemoval) {}

  /** What becomes of a plugin in use whose JAR was removed. */
  public enum OnRemoval {
    /** It runs on until no service uses it. */
    KEEP,
    /** It is unloaded, and the services go on with its last answers. */
    UNLOAD
  }

  public enum Algorithm {
    MAGLEV,
    RANDOM,
    SOURCE_HASH,
    /** As maglev, with the weight modifier of this name. */
    LEAST_CONNECTIONS
  }

  /**
   * @param address empty for {@code *}
   * @param routes in file order
   * @param drainTimeout how long flows of a backend that is drained or has left may take to finish
   * @param modifiers weight modifiers in use
   */
  public record Service(
      String name,
      Optional<InetAddress> address,
      int port,
      Protocol protocol,
      Algorithm algorithm,
      Group targets,
      List<SourceRoute> routes,
      Optional<HealthCheck> healthCheck,
      Duration drainTimeout,
      List<Use> modifiers,
      List<Use> features) {
    public Service {
      routes = List.copyOf(routes);
      modifiers = List.copyOf(modifiers);
      features = List.copyOf(features);
    }

    /** The default group, then those of the routes. */
    public Stream<Group> groups() {
      return Stream.concat(Stream.of(targets), routes.stream().map(SourceRoute::targets));
    }

    /** How it checks its targets, each way once. */
    public Stream<HealthCheck> checks() {
      Stream<HealthCheck> own =
          groups()
              .flatMap(group -> group.targets().stream())
              .flatMap(target -> target.ownCheck().stream())
              .flatMap(each -> each.check().stream());
      return Stream.concat(healthCheck.stream(), own).distinct();
    }

    /** Every extension that it uses, some several times. */
    public Stream<Use> uses() {
      return Stream.of(
              checks().map(HealthCheck::checker),
              modifiers.stream(),
              features.stream(),
              groups().flatMap(group -> group.targets().stream()).map(Target::resolver))
          .flatMap(part -> part);
    }
  }

  /** One extension in use, with its settings bound to its config record. */
  public record Use(Extension<?> extension, Bound<?> bound) {
    public Record settings() {
      return bound.record();
    }
  }

  public record Group(List<Target> targets) {
    public Group {
      targets = List.copyOf(targets);
    }
  }

  /** What it means that a resolver has no answer for a target at first. */
  public enum AtStart {
    /** The service goes on without its backends until there is an answer. */
    WAIT,
    /** Nothing is started or changed. */
    FAIL
  }

  /**
   * @param resolver the built-in {@code static} one for a plain address
   * @param label as the config names it, for the operator: {@code "10.0.0.1:8080"}
   * @param weight at least 0
   * @param ownCheck if it says something else of its check than its service does
   * @param atStart what becomes of a start, or of a reload that brings it, without an answer
   */
  public record Target(
      Use resolver, String label, double weight, Optional<OwnCheck> ownCheck, AtStart atStart) {

    /** What is resolved, and goes on with another check too. */
    public Target withoutCheck() {
      return new Target(resolver, label, weight, Optional.empty(), atStart);
    }

    /** How its backends are checked. */
    public Optional<HealthCheck> check(Service service) {
      return ownCheck.map(OwnCheck::check).orElse(service.healthCheck());
    }
  }

  /**
   * @param check with what it takes over from its service's; empty: not checked at all
   */
  public record OwnCheck(Optional<HealthCheck> check) {}

  public record SourceRoute(InetAddress prefix, int prefixLength, Group targets) {}

  /**
   * @param port to be checked; empty: the one that packets go to
   * @param interval from the end of one check to the start of the next, at least 100 ms
   * @param rise passed checks in a row that bring a backend back
   * @param fall failed checks in a row that take it out
   * @param recoveryStep how long it then stays at 25, 50 and 75 % of its weight; zero: not at all
   */
  public record HealthCheck(
      Use checker,
      OptionalInt port,
      Duration interval,
      Duration timeout,
      int rise,
      int fall,
      Duration recoveryStep) {}
}
