# waia in one image: the front end from npm, a wheel built from this tree, and a small runtime with ffmpeg.
# The steps stand in tools/deploy: the tests run them, and an installation without Docker runs the same ones.

FROM node:22-trixie-slim AS front-end
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY tools/deploy/steps.sh tools/deploy/
RUN sh tools/deploy/steps.sh front-end

FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY requirements requirements
COPY tools/deploy/steps.sh tools/deploy/
RUN sh tools/deploy/steps.sh environment /opt/waia
COPY . .
COPY --from=front-end /src/node_modules node_modules
RUN sh tools/deploy/steps.sh application /opt/waia

FROM python:3.13-slim-trixie
COPY tools/deploy/image.sh tools/deploy/healthcheck.py /usr/local/lib/waia/
RUN sh /usr/local/lib/waia/image.sh
COPY --from=build /opt/waia /opt/waia
ENV PATH=/opt/waia/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=5000 WAIA_DATA=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "/usr/local/lib/waia/healthcheck.py"]
CMD ["waia", "serve"]
