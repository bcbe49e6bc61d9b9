# docker build -t layers-conformance . && docker run --rm -e LAYERS_API_KEY -v "$PWD:/home/conformance/work" layers-conformance run
FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . && cp constraints.txt /wheels

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 conformance && install -d -o conformance /home/conformance/work
# The wheel alone: neither the source nor what built it.
RUN --mount=from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir -c /wheels/constraints.txt /wheels/*.whl
USER 10001
WORKDIR /home/conformance/work
ENTRYPOINT ["conformance"]
CMD ["--help"]
