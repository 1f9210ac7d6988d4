package io.ebpflb.api;

import java.util.Objects;

/**
 * One named thing that a plugin offers: a kind, the name that configs use for it, the record its
 * settings are bound to, and how to make it.
 *
 * <p>The name is the value of {@code type} (health checks) or {@code resolver} (targets), or the
 * key inside a service (weight modifiers, service features). Names are kebab-case.
 *
 * @param <C> the config record
 */
public final class Extension<C extends Record> {

  /** Which question of the runtime an extension answers. */
  public enum Kind {
    HEALTH_CHECKER(HealthChecker.class),
    TARGET_RESOLVER(TargetResolver.class),
    WEIGHT_MODIFIER(WeightModifier.class),
    SERVICE_FEATURE(ServiceFeature.class),
    AGENT(Agent.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }

    /** The interface that {@link Factory#create} returns for this kind. */
    public Class<?> type() {
      return type;
    }
  }

  /**
   * Makes an extension from its bound settings. Called on the plugin's own thread, once for each
   * use in the config (one health checker per service, not per backend). May throw {@link
   * IllegalArgumentException} to refuse settings: the text is shown at the place in the config.
   */
  @FunctionalInterface
  public interface Factory<C extends Record, T> {
    T create(C config, PluginContext context);
  }

  private final Kind kind;
  private final String name;
  private final Class<C> configType;
  private final Factory<C, ?> factory;

  private Extension(Kind kind, String name, Class<C> configType, Factory<C, ?> factory) {
    this.kind = kind;
    this.name = Objects.requireNonNull(name, "name");
    this.configType = Objects.requireNonNull(configType, "configType");
    this.factory = Objects.requireNonNull(factory, "factory");
    if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException("extension name is not kebab-case: " + name);
    }
  }

  public static <C extends Record> Extension<C> healthChecker(
      String name, Class<C> config, Factory<C, ? extends HealthChecker> factory) {
    return new Extension<>(Kind.HEALTH_CHECKER, name, config, factory);
  }

  public static <C extends Record> Extension<C> targetResolver(
      String name, Class<C> config, Factory<C, ? extends TargetResolver> factory) {
    return new Extension<>(Kind.TARGET_RESOLVER, name, config, factory);
  }

  public static <C extends Record> Extension<C> weightModifier(
      String name, Class<C> config, Factory<C, ? extends WeightModifier> factory) {
    return new Extension<>(Kind.WEIGHT_MODIFIER, name, config, factory);
  }

  public static <C extends Record> Extension<C> serviceFeature(
      String name, Class<C> config, Factory<C, ? extends ServiceFeature> factory) {
    return new Extension<>(Kind.SERVICE_FEATURE, name, config, factory);
  }

  /** An agent is made once per plugin; its settings are the plugin's own. */
  public static <C extends Record> Extension<C> agent(
      String name, Class<C> config, Factory<C, ? extends Agent> factory) {
    return new Extension<>(Kind.AGENT, name, config, factory);
  }

  public Kind kind() {
    return kind;
  }

  public String name() {
    return name;
  }

  public Class<C> configType() {
    return configType;
  }

  public Factory<C, ?> factory() {
    return factory;
  }
}
