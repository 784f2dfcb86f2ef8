# One image for web, worker, beat and migrate. Nothing that builds is left in the final stage, and nothing runs as root.

FROM python:3.11-slim-bookworm AS requirements
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt \
 && /venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CPOR_VAR=/var/lib/cpor
# pg_dump, of the server's version, for `manage.py backup`; Tesseract for scanned proofs; the font of SEAL_FONT.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-15 tesseract-ocr tesseract-ocr-eng tesseract-ocr-ita \
    fonts-droid-fallback \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin cpor \
 && install -d -o cpor -g cpor /var/lib/cpor
WORKDIR /portal
COPY --from=requirements /venv /venv
COPY . .
# Each untrusted file is read by a new child process, so everything is compiled beforehand.
RUN python -m compileall -q associations/files associations/rules
# Static files need no secret, so the key is one for this step alone.
RUN SECRET_KEY=only-for-collectstatic CPOR_VAR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER cpor
EXPOSE 8000
CMD ["gunicorn", "--config=python:cpor_portal.web_server", "cpor_portal.wsgi"]
