package io.ebpflb.runtime.dataplane;

/** Maps in memory that count what is done to them and can refuse a write. */
final class FaultyMaps implements MapStore {
  private final MemoryMaps maps;
  private final boolean writesBeforeFailing;
  private int writes;
  private int waits;
  private int failAt = -1;

  /**
   * @param writesBeforeFailing whether a write that fails has happened all the same
   */
  FaultyMaps(MapLimits limits, boolean writesBeforeFailing) {
    this.maps = new MemoryMaps(limits);
    this.writesBeforeFailing = writesBeforeFailing;
  }

  FaultyMaps(MapLimits limits) {
    this(limits, false);
  }

  MemoryMaps maps() {
    return maps;
  }

  /** Writes since the last call. */
  int writes() {
    int count = writes;
    writes = 0;
    return count;
  }

  /** Grace periods waited for since the last call. */
  int waits() {
    int count = waits;
    waits = 0;
    return count;
  }

  /** Lets the write fail that so many others precede; once. */
  void failAfter(int writesBefore) {
    failAt = writes + writesBefore;
  }

  boolean hasFailed() {
    return failAt < 0;
  }

  private void write(Runnable write) {
    if (writes++ == failAt) {
      failAt = -1;
      if (writesBeforeFailing) {
        write.run();
      }
      throw new DataPlaneException("refused");
    }
    write.run();
  }

  @Override
  public MapLimits limits() {
    return maps.limits();
  }

  @Override
  public void putService(ServiceKey key, ServiceEntry entry) {
    write(() -> maps.putService(key, entry));
  }

  @Override
  public void removeService(ServiceKey key) {
    write(() -> maps.removeService(key));
  }

  @Override
  public void putRoute(RouteKey key, int group) {
    write(() -> maps.putRoute(key, group));
  }

  @Override
  public void removeRoute(RouteKey key) {
    write(() -> maps.removeRoute(key));
  }

  @Override
  public void putBackend(int id, BackendEntry backend) {
    write(() -> maps.putBackend(id, backend));
  }

  @Override
  public void clearBackendCounters(int id) {
    write(() -> maps.clearBackendCounters(id));
  }

  @Override
  public void setGroup(int group, int offset, int size) {
    write(() -> maps.setGroup(group, offset, size));
  }

  @Override
  public void writeSlots(int offset, short[] backends) {
    write(() -> maps.writeSlots(offset, backends));
  }

  @Override
  public void setFilterWord(FilterSet set, int word, long bits) {
    write(() -> maps.setFilterWord(set, word, bits));
  }

  @Override
  public void awaitReaders() {
    waits++;
  }

  @Override
  public long sweeps() {
    return maps.sweeps();
  }

  @Override
  public long activeFlows(int backend) {
    return maps.activeFlows(backend);
  }
}
