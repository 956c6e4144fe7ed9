#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kGithub =
    R"YAML(# Copy to .github/workflows/@NAME@.yml. The variable KINGPOST_IMAGE (Settings, Variables) names the image that this folder's
# Dockerfile builds, in your registry. The contract's changes are not compared: this version has no command for that.
name: model
on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

concurrency:
  group: model-${{ github.ref }}
  cancel-in-progress: true

env:
  KINGPOST_IMAGE: ${{ vars.KINGPOST_IMAGE }}
  MODEL: @MODEL@

jobs:
  model:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
      security-events: write
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
          fetch-depth: 0
      - name: Make kingpost a command
        run: |
          mkdir -p "$RUNNER_TEMP/bin"
          cat >"$RUNNER_TEMP/bin/kingpost" <<'SCRIPT'
          #!/bin/sh
          exec docker run --rm --network none --user "$(id -u):$(id -g)" \
            -v "$GITHUB_WORKSPACE:$GITHUB_WORKSPACE" -v "$RUNNER_TEMP:$RUNNER_TEMP" -w "$PWD" "$KINGPOST_IMAGE" "$@"
          SCRIPT
          chmod 755 "$RUNNER_TEMP/bin/kingpost"
          echo "$RUNNER_TEMP/bin" >>"$GITHUB_PATH"
      - name: Check the model
        run: kingpost check "$MODEL" --format github
      - name: Check its form
        run: kingpost fmt --check "$MODEL"
      - name: Review it
        run: kingpost review "$MODEL" --format github
      - name: Review it for the code scanning page
        if: success() || failure()
        # 1 says that there are findings, which the step before judges.
        run: kingpost review "$MODEL" --format sarif >"$RUNNER_TEMP/review.sarif" || test $? -eq 1
      - name: Show the findings
        if: success() || failure()
        uses: github/codeql-action/upload-sarif@v3
        with:
          sarif_file: ${{ runner.temp }}/review.sarif
          category: kingpost
      - name: Plan the migration from the base branch
        if: github.event_name == 'pull_request'
        env:
          BASE: ${{ github.event.pull_request.base.sha }}
        run: |
          mkdir -p "$RUNNER_TEMP/base"
          git archive "$BASE" | tar -x -C "$RUNNER_TEMP/base"
          # The model is new where the base has none.
          if test -f "$RUNNER_TEMP/base/$MODEL"; then
            kingpost migrate apply "$RUNNER_TEMP/base/$MODEL" --database "sqlite:$RUNNER_TEMP/base.db"
            kingpost migrate plan "$MODEL" --database "sqlite:$RUNNER_TEMP/base.db"
          fi
)YAML";

constexpr std::string_view kGitlab =
    R"YAML(# Include this in .gitlab-ci.yml. The variable KINGPOST_IMAGE (Settings, CI/CD) names the image that this folder's Dockerfile
# builds, in your registry. The contract's changes are not compared: this version has no command for that.
variables:
  MODEL: @MODEL@

stages: [check, migration]

.kingpost:
  image:
    name: $KINGPOST_IMAGE
    entrypoint: [""]
  timeout: 15 minutes
  interruptible: true

check-model:
  extends: .kingpost
  stage: check
  script:
    - kingpost check "$MODEL"
    - kingpost fmt --check "$MODEL"

review-model:
  extends: .kingpost
  stage: check
  script:
    # 1 says that there are findings, which the second command judges.
    - kingpost review "$MODEL" --format sarif >review.sarif || test $? -eq 1
    - kingpost review "$MODEL"
  artifacts:
    when: always
    paths: [review.sarif]
    expire_in: 30 days

base-model:
  stage: check
  image:
    name: alpine/git:v2.45.2
    entrypoint: [""]
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - git fetch --depth 1 origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - mkdir -p base
    - git archive FETCH_HEAD | tar -x -C base
  artifacts:
    paths: [base/]
    expire_in: 1 hour

plan-migration:
  extends: .kingpost
  stage: migration
  needs: [base-model]
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    # The model is new where the target branch has none.
    - |
      if test -f "base/$MODEL"; then
        kingpost migrate apply "base/$MODEL" --database sqlite:/tmp/base.db
        kingpost migrate plan "$MODEL" --database sqlite:/tmp/base.db
      fi
)YAML";

}  // namespace

void add_github(const Facts& facts, std::vector<File>& out) {
  out.push_back({"github/" + facts.name + ".yml", kYaml,
                 fill(kGithub, {{"NAME", facts.name}, {"MODEL", yaml_quoted(expressions_quoted(facts.root))}}), "GitHub workflow"});
}

void add_gitlab(const Facts& facts, std::vector<File>& out) {
  // GitLab expands variables inside of variables.
  const std::string model = yaml_quoted(dollars_doubled(facts.root));
  out.push_back({"gitlab/" + facts.name + ".gitlab-ci.yml", kYaml, fill(kGitlab, {{"MODEL", model}}), "GitLab pipeline"});
}

}  // namespace kingpost::deploy
