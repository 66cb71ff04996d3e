# docker build -t sluice . && docker run -p 8080:8080 -v sluice:/data sluice
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml .
COPY .mvn .mvn
RUN mvn -q -B dependency:go-offline
COPY conf conf
COPY src src
RUN mvn -q -B package -DskipTests -Djacoco.skip

FROM eclipse-temurin:25-jre
# curl for the health check; libssl3 and util-linux for the embedded Redis and PostgreSQL
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl libssl3 util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /data sluice
COPY --from=build /build/target/sluice.jar /opt/sluice/sluice.jar
USER sluice
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD curl -fsS http://127.0.0.1:8080/readyz || exit 1
ENTRYPOINT ["java", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Xmx256m", "-Xmn96m", "-jar", "/opt/sluice/sluice.jar"]
CMD ["run", "--data", "/data/sluice"]
