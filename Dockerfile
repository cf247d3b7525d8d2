# waia in one image: the front end from npm, a wheel built from this tree, and a small runtime with ffmpeg.

FROM node:22-slim AS front-end
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements requirements
RUN python -m venv /opt/waia \
 && /opt/waia/bin/pip install --require-hashes -r requirements/redis.txt -r requirements/voice.txt -r requirements/push.txt \
 && pip install --require-hashes -r requirements/build.txt
COPY . .
COPY --from=front-end /src/node_modules node_modules
RUN python tools/vendor.py \
 && hatchling build --target wheel \
 && /opt/waia/bin/pip install --no-deps --no-index dist/*.whl

FROM python:3.13-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ffmpeg \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --create-home waia
COPY --from=build /opt/waia /opt/waia
ENV PATH=/opt/waia/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=5000 WAIA_DATA=/data
WORKDIR /data
USER waia
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["waia", "serve"]
